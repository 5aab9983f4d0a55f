using Tuning.Numerics;

namespace Tuning.Tests.Numerics;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_every_thread_works_once_each_time(int threads)
    {
        using var team = new ThreadTeam(threads, "test");
        var counts = new int[threads];

        for (var i = 0; i < 200; i++)
        {
            team.Run(thread => counts[thread]++);
        }

        Assert.All(counts, count => Assert.Equal(200, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Run_failure_on_any_thread_reaches_the_caller_and_the_team_goes_on(int failing)
    {
        using var team = new ThreadTeam(2, "test");

        var error = Assert.Throws<FormatException>(() => team.Run(thread => _ = thread == failing ? throw new FormatException("no") : 0));
        var calls = 0;
        team.Run(_ => Interlocked.Increment(ref calls));

        Assert.Equal("no", error.Message);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Barrier_no_thread_passes_before_all_have_come()
    {
        const int threads = 3;
        using var team = new ThreadTeam(threads, "test");
        using var barrier = new SpinBarrier(threads);
        var (arrived, early) = (0, 0);

        team.Run(_ =>
        {
            for (var round = 1; round <= 100; round++)
            {
                Interlocked.Increment(ref arrived);
                barrier.SignalAndWait();
                if (Volatile.Read(ref arrived) < round * threads)
                {
                    Interlocked.Increment(ref early);
                }

                barrier.SignalAndWait();
            }
        });

        Assert.Equal(0, early);
        Assert.Equal(300, arrived);
    }

    [Fact]
    public void Break_frees_those_who_wait()
    {
        using var team = new ThreadTeam(2, "test");
        using var barrier = new SpinBarrier(2);

        Assert.Throws<InvalidOperationException>(() => team.Run(thread =>
        {
            if (thread == 0)
            {
                barrier.SignalAndWait();
            }
            else
            {
                barrier.Break();
            }
        }));
    }

    [Fact]
    public void Run_after_dispose_is_refused()
    {
        var team = new ThreadTeam(2, "test");
        team.Dispose();

        Assert.Throws<ObjectDisposedException>(() => team.Run(_ => { }));
    }
}
