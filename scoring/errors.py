"""What the scorer refuses: an entry that a person can correct."""


class EntryError(ValueError):
    """An entry that does not belong to its question's scale.

    code: the question's code. message: an Indonesian sentence that the user may read and that
    says what to do. inputs: keys of the inputs at fault (``("n1", "n2")``), empty for a choice
    or a number.
    """

    def __init__(self, code: str, message: str, inputs: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.inputs = inputs
