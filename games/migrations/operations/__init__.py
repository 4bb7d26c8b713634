"""Operations of migrations that Django does not have."""
