"""The web shell: home, the style page, error pages, and the geometry behind small pictures. The slices bring their own pages."""
