"""The worked cases of `rules/cases/` are tests too: one item per case."""

pytest_plugins = ["cpf_funding.testing.pytest_plugin"]
