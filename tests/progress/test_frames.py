"""The bytes of WebSocket frames, checked by the parser of a well-kept library."""

import pytest
from websockets.frames import Frame as Parsed
from websockets.frames import Opcode
from websockets.streams import StreamReader

from progress.frames import Frame, events, reply


def parse(data: bytes) -> Parsed:
    reader = StreamReader()
    reader.feed_data(data)
    parsing = Parsed.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as result:
        next(parsing)
    return result.value.value


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_a_raw_frame_is_one_whole_unmasked_text_message(size):
    parsed = parse(Frame(b"x" * size).raw)
    assert parsed.opcode is Opcode.TEXT and parsed.fin
    assert parsed.data == b"x" * size


def test_events_stand_in_a_frame_as_they_were_encoded():
    assert events([b'{"seq":1}', b'{"seq":2}']).payload == (
        b'{"type":"events","events":[{"seq":1},{"seq":2}]}'
    )


def test_the_words_of_an_unexpected_error_have_a_code_and_a_status():
    assert b'"code":"internal"' in reply("c1", ValueError("x"), {}).payload
