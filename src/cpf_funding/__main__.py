"""`python -m cpf_funding` is the command `cpf-funding`."""

from cpf_funding.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
