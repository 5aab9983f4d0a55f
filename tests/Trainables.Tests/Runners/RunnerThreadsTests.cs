using Tuning.Runners;
using Tuning.Testing;

namespace Tuning.Tests.Runners;

public sealed class RunnerThreadsTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    [InlineData(2, 7)]
    [InlineData(4, 3)]
    public void Every_piece_is_done_once_in_every_round(int threads, int pieces)
    {
        using var crew = new RunnerThreads(threads);
        var done = new int[pieces];
        for (var round = 0; round < 50; round++)
        {
            crew.Run(pieces, i => Interlocked.Increment(ref done[i]));
            Assert.All(done, d => Assert.Equal(round + 1, d));
        }
    }

    [Fact]
    public void Pieces_run_at_the_same_time()
    {
        using var crew = new RunnerThreads(2);
        using var meeting = new Barrier(2);

        crew.Run(2, _ => Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(30))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Lowest_failure_is_thrown_and_the_crew_goes_on(int threads)
    {
        using var crew = new RunnerThreads(threads);
        var error = Assert.Throws<InvalidOperationException>(() => crew.Run(6, i => throw new InvalidOperationException(i.ToString())));
        Assert.Equal("0", error.Message);

        var done = 0;
        crew.Run(6, _ => Interlocked.Increment(ref done));
        Assert.Equal(6, done);
    }

    [Fact]
    public void Rounds_do_not_allocate()
    {
        using var crew = new RunnerThreads(2);
        Action<int> nothing = _ => { };
        for (var i = 0; i < 50; i++)
        {
            crew.Run(4, nothing);
        }

        Assert.Equal(0, Allocations.Least(() => crew.Run(4, nothing)));
    }

    [Fact]
    public void Disposed_twice_is_harmless()
    {
        var crew = new RunnerThreads(3);
        crew.Dispose();
        crew.Dispose();
        Assert.Throws<ObjectDisposedException>(() => crew.Run(2, _ => { }));
    }
}
