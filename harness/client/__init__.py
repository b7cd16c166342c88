"""Where a language model is asked: one module a way of reaching one."""
