"""An oracle for the allocation: one funding problem, stated and solved without the library."""
