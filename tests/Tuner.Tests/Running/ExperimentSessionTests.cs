using Microsoft.Extensions.Logging.Abstractions;
using Tuning.Control;
using Tuning.Execution;
using Tuning.Randomness;
using Tuning.Running;
using Tuning.Schedulers;
using Tuning.Testing;
using Tuning.Trials;

namespace Tuning.Tests.Running;

/// <summary>The session alone, with a driver that notes what it is to do.</summary>
public sealed class ExperimentSessionTests
{
    private static readonly Metrics _metrics = new() { ["loss"] = 1 };

    [Fact]
    public void What_a_segment_says_that_is_over_counts_for_nothing()
    {
        var (session, driver, controller) = Begun(failures: 1);
        var first = Assert.IsType<SegmentCommand.Start>(Assert.Single(driver.Commands));
        Take(session, new SegmentEvent.Failed(first.Segment, "the machine is lost", Retry: true));
        var second = Assert.IsType<SegmentCommand.Start>(driver.Commands[^1]);
        Assert.NotEqual(first.Segment, second.Segment);
        Assert.Equal((0, 1), (first.Failures, second.Failures));

        var (events, commands) = (controller.Events, driver.Commands.Count);
        Take(session, new SegmentEvent.Reported(first.Segment, 1, 1, 1, _metrics, 1));
        Take(session, new SegmentEvent.CheckpointWritten(first.Segment, new(first.Segment.Trial, 0, 0)));
        Take(session, new SegmentEvent.Ended(first.Segment, SegmentEnd.Completed));
        Take(session, new SegmentEvent.Failed(first.Segment, "again", Retry: false));
        Take(session, new SegmentEvent.Ended(new(new(7), 1), SegmentEnd.Completed));
        Assert.Equal((events, commands), (controller.Events, driver.Commands.Count));

        Take(session, new SegmentEvent.Reported(second.Segment, 1, 1, 1, _metrics, 1));
        Assert.Equal(new SegmentCommand.Answer(second.Segment, 1, Verdict.Continue, false, null), driver.Commands[^1]);
        Take(session, new SegmentEvent.Ended(second.Segment, SegmentEnd.Completed));
        Assert.True(session.HasEnded);
    }

    [Fact]
    public void Nothing_is_handed_out_before_it_is_acted_on()
    {
        var (session, driver, _) = Begun(failures: 0);
        var start = (SegmentCommand.Start)driver.Commands[0];

        session.Take(new SegmentEvent.Reported(start.Segment, 1, 1, 1, _metrics, 1));
        Assert.Single(driver.Commands);
        session.Write();
        Assert.Single(driver.Commands);
        session.Act();
        Assert.Equal(2, driver.Commands.Count);
    }

    [Fact]
    public void Journal_is_flushed_with_each_checkpoint_without_waiting_for_the_clock()
    {
        using var folder = new TemporaryFolder();
        using var journal = EventJournal.Create(folder.Path, new JournalHeader { Product = "test", Seed = 1, Specification = "{}" });
        var (session, driver, _) = Begun(failures: 0, journal, folder.Path);
        var start = (SegmentCommand.Start)driver.Commands[0];
        for (var i = 1; i <= 3; i++)
        {
            Take(session, new SegmentEvent.Reported(start.Segment, i, i, 1, _metrics, 1));
            Take(session, new SegmentEvent.CheckpointWritten(start.Segment, new(start.Segment.Trial, i - 1, i)));

            // The time of this test stands still, so that nothing but the checkpoint asks for it.
            Assert.True(SpinWait.SpinUntil(() => !journal.IsDirty, TimeSpan.FromMinutes(1)));
        }
    }

    /// <summary>A message can be written down: no function, stream, service, task or thread is in it, however deep.</summary>
    [Theory]
    [InlineData(typeof(SegmentCommand))]
    [InlineData(typeof(SegmentEvent))]
    public void Messages_hold_nothing_live(Type family)
    {
        var cases = family.GetNestedTypes().Where(t => t.IsSubclassOf(family)).ToList();
        Assert.True(cases.Count > 1);
        var seen = new HashSet<Type>();
        cases.ForEach(c => Look(c, c.Name, seen));
        Assert.Contains(typeof(SegmentId), seen);
    }

    private static void Look(Type type, string path, HashSet<Type> seen)
    {
        if (!seen.Add(type) || type.IsPrimitive || type.IsEnum || type == typeof(string))
        {
            return;
        }

        Assert.False(typeof(Delegate).IsAssignableFrom(type), path);
        Assert.False(typeof(IDisposable).IsAssignableFrom(type), path);
        Assert.False(typeof(IServiceProvider).IsAssignableFrom(type), path);
        Assert.False(typeof(Task).IsAssignableFrom(type), path);
        foreach (var property in type.GetProperties().Where(p => type.Namespace?.StartsWith("Tuning", StringComparison.Ordinal) == true))
        {
            Look(property.PropertyType, $"{path}.{property.Name}", seen);
            Array.ForEach(property.PropertyType.GetGenericArguments(), a => Look(a, $"{path}.{property.Name}", seen));
        }
    }

    private static (ExperimentSession Session, Noting Driver, ExperimentController Controller) Begun(
        int failures, EventJournal? journal = null, string directory = "")
    {
        var searcher = new ScriptedSearcher();
        var plan = new ExperimentPlan
        {
            Objectives = [new("loss", Mode.Min)],
            NumSamples = 1,
            Slots = 1,
            Failures = new() { MaxFailures = failures },
            TrainableCheckpoints = true,
        };
        var controller = new ExperimentController(plan, searcher, new FifoScheduler(), [], SeedPath.Of(1));
        var driver = new Noting();
        var parts = new SessionParts
        {
            Controller = controller,
            Searcher = searcher,
            Time = new ManualTimeProvider(),
            Logger = NullLogger.Instance,
            Journal = journal,
            Info = new() { Name = "test", Directory = directory, Objectives = plan.Objectives },
        };
        var session = new ExperimentSession(parts, driver);
        Assert.True(session.Begin());
        session.Write();
        session.Act();
        return (session, driver, controller);
    }

    private static void Take(ExperimentSession session, SegmentEvent message)
    {
        session.Take(message);
        session.Write();
        session.Act();
    }

    private sealed class Noting : ISessionDriver
    {
        public List<SessionCommand> Commands { get; } = [];

        public void Carry(SessionCommand command) => Commands.Add(command);

        public bool HasCheckpoint(CheckpointRef checkpoint) => true;

        public void Failed(Exception error) => throw error;

        public void CallbackFailed(InvalidOperationException error) => throw error;

        public void CallbacksDrained()
        {
        }
    }
}
