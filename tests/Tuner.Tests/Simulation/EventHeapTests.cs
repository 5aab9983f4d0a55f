using Tuning.Randomness;
using Tuning.Simulation;

namespace Tuning.Tests.Simulation;

public sealed class EventHeapTests
{
    [Fact]
    public void Events_come_in_order_of_time_and_then_of_planning()
    {
        var random = new RandomStream(1);
        var heap = new EventHeap();
        var planned = new List<(long At, int Order)>();
        var taken = new List<(long At, int Order)>();
        for (var i = 0; i < 5000; i++)
        {
            if (heap.Count > 0 && random.NextInt32(3) == 0)
            {
                var next = heap.Pop();
                Assert.Equal(planned.Min(), (next.At, next.Worker));
                planned.Remove((next.At, next.Worker));
                taken.Add((next.At, next.Worker));
            }

            var at = (taken.Count == 0 ? 0 : taken[^1].At) + random.NextInt32(50);
            heap.Push(new(at, VirtualEventKind.Step, i, 0));
            planned.Add((at, i));
        }

        while (heap.Count > 0)
        {
            var next = heap.Pop();
            taken.Add((next.At, next.Worker));
        }

        Assert.Equal(5000, taken.Count);
        Assert.Equal(taken.Order(), taken);
        Assert.Throws<InvalidOperationException>(() => heap.Pop());
    }
}
