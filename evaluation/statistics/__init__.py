"""Pure statistics: numbers in, numbers out; usable without the platform or a database."""
