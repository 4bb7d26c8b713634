"""The pages of the game, a thin layer over the slices' queries and actions. A page needs many slices, so pages stand above all of them."""
