"""A wish to stop: Ctrl-C, SIGTERM, or the terminal that went away."""

import signal
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Turns the first signal into a KeyboardInterrupt wherever we are, and ignores the rest.

    `asked` remembers it, since what the interrupt breaks off may raise an error of its own. A
    second signal must not cut the stop short and leave something running.
    """

    def __init__(self) -> None:
        self.asked = False
        for number in _SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup, or a shell's background job.
                signal.signal(number, self._interrupt)

    def obey(self) -> None:
        """Raise the interrupt again, should it have been lost.

        Python drops what is raised while it runs a finalizer, and a library may catch too much.
        """
        if self.asked:
            raise KeyboardInterrupt

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.ignore()
        self.asked = True
        raise KeyboardInterrupt

    @staticmethod
    def ignore() -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
