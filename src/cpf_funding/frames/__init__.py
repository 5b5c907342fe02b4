"""Plans for a table of dossiers, on whatever engine holds it."""

from cpf_funding.frames.engines import plan_frame
from cpf_funding.frames.layout import table_columns, table_schema
from cpf_funding.frames.table import dossiers_to_table, table_to_dossiers
from cpf_funding.language.columns_graph import CannotCompileError

__all__ = [
    "CannotCompileError", "dossiers_to_table", "plan_frame", "table_columns", "table_schema",
    "table_to_dossiers",
]  # fmt: skip
