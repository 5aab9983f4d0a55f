using Tuning.Checkpointing;
using Tuning.Randomness;

namespace Tuning.Runners;

/// <summary>The running episodes of a group as the state of a component.</summary>
internal static class EnvRunnerGroupState
{
    public static ComponentState Capture(EnvRunnerGroup group, MetricsLogger metrics)
    {
        var runners = new List<ParameterSet>();
        var observations = new List<float>();
        foreach (var runner in group.Runners)
        {
            var state = ParameterSet.From(
            [
                new("random", runner.Random.Save().ToString()),
                new("started", runner.Started),
                new("environments", runner.Episodes.Select(e => CaptureCopy(runner, e)).ToList()),
            ]);
            var exploration = runner.Exploration.GetState();
            runners.Add(exploration.Count == 0 ? state : state.With("exploration", exploration));
            observations.AddRange(runner.Current);
        }

        return ComponentState.Empty with
        {
            Values = ParameterSet.From([.. EpisodeState.Arrangement(group.Options), new("metrics", metrics.GetState()), new("runners", runners)]),
            Tensors = ComponentState.Empty.Tensors.Add("observations", StateTensor.Of([.. observations], observations.Count / group.ObservationSize, group.ObservationSize)),
        };
    }

    /// <summary>Continues the episodes of a state, or starts them anew and returns why.</summary>
    public static string? Apply(EnvRunnerGroup group, MetricsLogger metrics, ComponentState state) => EpisodeState.Read(() =>
    {
        metrics.SetState(state.Value<string>("metrics"));
        var runners = EpisodeState.Sets(state.Values!["runners"]);
        if (EpisodeState.Difference(group.Options, state, runners) is { } difference)
        {
            foreach (var runner in group.Runners)
            {
                runner.Started = false;
            }

            return EpisodeState.Notice(difference);
        }

        var observations = state.Tensor("observations").Floats;
        for (var i = 0; i < runners.Length; i++)
        {
            var current = group.Runners[i].Current;
            observations.Slice(i * current.Length, current.Length).CopyTo(current);
            ApplyRunner(group.Runners[i], runners[i]);
        }

        return null;
    });

    private static ParameterSet CaptureCopy(SingleAgentEnvRunner runner, Episode episode) => ParameterSet.From(
    [
        new("random", runner.Vector.SaveStream(episode.EnvironmentIndex).ToString()),
        new("state", runner.Started ? runner.Vector.SaveState(episode.EnvironmentIndex) : null),
        .. EpisodeState.Capture(episode),
    ]);

    private static void ApplyRunner(SingleAgentEnvRunner runner, ParameterSet state)
    {
        runner.Random.Restore(RandomState.Parse(state.Get<string>("random")));
        runner.Started = state.Get<bool>("started");
        runner.Exploration.SetState(state.TryGet("exploration", out var exploration) && exploration is ParameterSet set ? set : ParameterSet.Empty);
        var copies = EpisodeState.Sets(state["environments"]);
        foreach (var episode in runner.Episodes)
        {
            var copy = copies[episode.EnvironmentIndex];
            runner.Vector.RestoreStream(episode.EnvironmentIndex, RandomState.Parse(copy.Get<string>("random")));
            EpisodeState.Apply(episode, copy);
            if (runner.Started)
            {
                runner.Vector.RestoreState(episode.EnvironmentIndex, copy.Get<string>("state"));
            }
        }
    }
}
