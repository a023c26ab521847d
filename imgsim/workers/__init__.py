"""Running a function over plates in processes of their own: one that hangs or crashes costs one plate."""
