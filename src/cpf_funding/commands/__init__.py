"""The commands of the script `cpf-funding`, one module each."""
