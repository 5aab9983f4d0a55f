using Tuning.Randomness;
using Tuning.Search;
using Tuning.Spaces;

namespace Tuning.Tests.Search;

public sealed class TrialArchiveTests
{
    private static readonly SearchSpace _space = new SearchSpace().Add("x", Domain.Uniform(0, 10)).Add("n", Domain.RandInt(0, 5));

    [Fact]
    public void Following_step_by_step_ends_where_one_look_does()
    {
        var random = new RandomStream(1);
        var builder = new HistoryBuilder();
        var followed = New();
        var ended = 0;
        for (var step = 0; step < 400; step++)
        {
            if (builder.Count == 0 || random.NextInt32(3) == 0)
            {
                builder.Add(Running(builder.Count, random.NextDouble() * 10));
            }
            else
            {
                var place = random.NextInt32(builder.Count);
                var known = builder[place];
                builder.Set(place, known.IsEnded
                    ? random.NextInt32(4) == 0 ? known with { EndOrder = -1, Status = TrialStatus.Pending } : known
                    : random.NextInt32(2) == 0 ? known with { Objective = random.NextDouble() }
                        : known with { EndOrder = ended++, Status = TrialStatus.Terminated });
            }

            if (random.NextInt32(4) == 0)
            {
                var history = builder.Snapshot(step);
                followed.Follow(history);
                var anew = New();
                anew.Follow(history);
                Assert.Equal(Text(anew), Text(followed));
                Assert.Equal(history.Observations.Count(o => !o.IsEnded), history.Running);
            }
        }
    }

    [Fact]
    public void An_earlier_history_is_seen_as_it_was()
    {
        var builder = new HistoryBuilder();
        builder.Add(Running(0, 1));
        var early = builder.Snapshot(1);
        builder.Add(Running(1, 2));
        builder.Set(0, builder[0] with { Objective = 3, EndOrder = 0, Status = TrialStatus.Terminated });
        var late = builder.Snapshot(2);
        var archive = New();
        archive.Follow(late);
        var generation = archive.Generation;
        archive.Follow(early);
        Assert.Equal(1, archive.Count);
        Assert.Equal(ArchiveState.Running, archive.State(0));
        Assert.NotEqual(generation, archive.Generation);
    }

    [Fact]
    public void States_tell_what_can_be_learnt()
    {
        var builder = new HistoryBuilder();
        var trial = Running(0, 1);
        builder.Add(trial);
        builder.Add(trial with { EndOrder = 0, Status = TrialStatus.Terminated, Objective = 1 });
        builder.Add(trial with { EndOrder = 1, Status = TrialStatus.Terminated, Objective = double.NaN });
        builder.Add(trial with { EndOrder = 2, Status = TrialStatus.Terminated });
        builder.Add(trial with { EndOrder = 3, Status = TrialStatus.Failed, Objective = 1 });
        builder.Add(trial with { EndOrder = 4, Status = TrialStatus.Terminated, Objective = 1, IsPruned = true });
        var archive = New();
        archive.Follow(builder.Snapshot(0));
        Assert.Equal(
            [ArchiveState.Running, ArchiveState.Complete, ArchiveState.Failed, ArchiveState.Failed, ArchiveState.Failed, ArchiveState.Pruned],
            Enumerable.Range(0, archive.Count).Select(archive.State));
        Assert.Equal(-1, archive.Loss(1));
    }

    private static TrialArchive New() => new(new ParameterCodec(_space, []), [new("f", Mode.Max)], []);

    private static SearchObservation Running(int number, double x) =>
        new(new(number), number, ParameterSet.Empty.With("x", x).With("n", (long)(number % 5)), TrialStatus.Running, null, 0);

    private static string Text(TrialArchive archive) => string.Join('\n', Enumerable.Range(0, archive.Count).Select(i =>
        $"{archive[i].Trial} {archive.State(i)} {archive.Loss(i)} {string.Join(' ', archive.Row(i).ToArray())}")) + "\n"
            + string.Join(' ', archive.Ended.ToArray()) + " " + archive.Running;
}
