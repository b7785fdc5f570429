import asyncio

from core.eager import begun


async def test_what_need_not_wait_is_done_at_once():
    done = []

    async def work():
        done.append(1)

    assert begun(work()) is None
    assert done == [1]


async def test_what_waits_goes_on_by_itself_and_hears_of_its_end():
    done, gate = [], asyncio.Event()

    async def work():
        done.append("begun")
        await gate.wait()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            done.append("cancelled")
            raise

    task = begun(work())
    assert done == ["begun"]
    gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert done == ["begun", "cancelled"]
    assert task.cancelled()
