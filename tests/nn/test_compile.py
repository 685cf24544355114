from sklearn_rnn.nn._compile import compiled


def test_compiled_without_a_folder_for_machine_code(monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError("no locator available")

    monkeypatch.setattr("numba.core.caching.FunctionCache.__init__", refuse)

    assert compiled(lambda x: x + 1)(1) == 2
