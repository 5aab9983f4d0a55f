namespace Tuning.Runners;

/// <summary>The running episodes of a group as the state of a component.</summary>
/// <remarks>
/// With one agent the tensor <c>observations</c> has what each copy's next action answers. With several, what is pending stands in the tensor <c>pending</c>,
/// runner
/// after runner: what each agent does, then the observation of each that is there, and if it waits the distribution inputs and the action.
/// </remarks>
internal static class EnvRunnerGroupState
{
    private static readonly JsonSerializerOptions _json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static ComponentState Capture(EnvRunnerGroup group, MetricsLogger metrics)
    {
        var numbers = new List<float>();
        List<KeyValuePair<string, object?>> values =
        [
            new("environment", group.Options.Environment.Name),
            new("env_config", group.Options.EnvironmentConfig),
            new("num_envs_per_env_runner", group.Options.NumEnvsPerEnvRunner),
            new("metrics", metrics.GetState()),
            new("runners", group.Runners.Select(r => CaptureRunner(group, r, numbers)).ToList()),
        ];
        if (group.Layout.IsMultiAgent)
        {
            values.Add(new("agents", group.Layout.Agents));
        }

        var size = group.Policies[0].ToModule.OutputSize;
        return (ComponentState.Empty with { Values = ParameterSet.From(values) }).With(group.Layout.IsMultiAgent
            ? new NamedTensor("pending", [numbers.Count], [.. numbers])
            : new NamedTensor("observations", [numbers.Count / size, size], [.. numbers]));
    }

    /// <summary>Continues the episodes of a state, or starts them anew and returns why.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static string? Apply(EnvRunnerGroup group, MetricsLogger metrics, ComponentState state)
    {
        try
        {
            metrics.SetState(state.Value<string>("metrics"));
            var runners = Sets(state.Values!["runners"]);
            if ((Difference(group.Options, state, runners) ?? DifferenceOfAgents(group.Layout, state, runners)) is { } difference)
            {
                for (var i = 0; i < group.Runners.Count; i++)
                {
                    group.Runners[i].Stop();
                    if (i < runners.Length)
                    {
                        ApplyRewards(group.Runners[i], runners[i], goesOn: false);
                    }
                }

                return NotContinued(difference);
            }

            if (Unsaved(runners))
            {
                // Episodes begin anew; who draws goes on where it was.
                for (var i = 0; i < runners.Length; i++)
                {
                    Rewind(group.Layout, group.Runners[i], runners[i]);
                }

                return NotContinued($"{group.Options.Environment.Name} cannot save its state");
            }

            var numbers = state.Tensor(group.Layout.IsMultiAgent ? "pending" : "observations").Floats;
            for (var i = 0; i < runners.Length; i++)
            {
                numbers = ApplyRunner(group.Layout, group.Runners[i], runners[i], numbers);
            }

            return null;
        }
        catch (Exception e)
            when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException or InvalidCastException)
        {
            throw new CheckpointException($"The state of the environment runners in the checkpoint cannot be read: {e.Message}", e);
        }
    }

    // Why running episodes of a state cannot go on here; null when they can.
    private static string? Difference(EnvRunnerOptions options, ComponentState state, ParameterSet[] runners)
    {
        var environment = state.Value<string>("environment");
        var config = state.Values!["env_config"] as ParameterSet ?? throw new FormatException("env_config is missing");
        var copies = state.Value<int>("num_envs_per_env_runner");
        return environment != options.Environment.Name ? $"they are of {environment}, here it is {options.Environment.Name}"
            : !config.Equals(options.EnvironmentConfig) ? $"their env_config is {config}, here it is {options.EnvironmentConfig}"
            : runners.Length != options.Runners || copies != options.NumEnvsPerEnvRunner
                ? $"they are of {runners.Length} runners with {copies} environments each, here are {options.Runners} with {options.NumEnvsPerEnvRunner}"
            : null;
    }

    private static string NotContinued(string reason) => $"The running episodes of the checkpoint are not continued, all episodes start anew: {reason}.";

    private static bool Unsaved(ParameterSet[] runners) =>
        Array.Exists(runners, r => r.Get<bool>("started") && Array.Exists(Sets(r["environments"]), e => e["state"] is null));

    private static string? DifferenceOfAgents(PolicyLayout layout, ComponentState state, ParameterSet[] runners)
    {
        if (!layout.IsMultiAgent)
        {
            return null;
        }

        var agents = state.Value<string[]>("agents");
        return !agents.SequenceEqual(layout.Agents) ? $"their agents are {string.Join(", ", agents)}, here they are "
            + $"{string.Join(", ", layout.Agents)}"
            : runners.SelectMany(r => Sets(r["environments"])).SelectMany(e => Sets(e["agents"])).FirstOrDefault(a => !Follows(layout, a)) is { } other
                ? $"an agent of theirs follows the policy '{other["policy"] as string}', which it does not follow here"
            : null;
    }

    private static bool Follows(PolicyLayout layout, ParameterSet agent) =>
        agent["policy"] is not string policy || (layout.NumberOf(policy) is >= 0 and var number && layout.Follows(agent.Get<int>("number"), number));

    private static ParameterSet[] Sets(object? list) => list is ParameterList items
        ? [.. items.Select(item => item as ParameterSet ?? throw new FormatException("a runner or an environment is missing"))]
        : throw new FormatException("the runners or their environments are missing");

    private static ParameterSet CaptureRunner(EnvRunnerGroup group, EnvRunner runner, List<float> numbers)
    {
        var isMultiAgent = group.Layout.IsMultiAgent;
        List<KeyValuePair<string, object?>> values =
        [
            new("started", runner.Started),
            new("environments", runner.Player.Episodes.Select(e => CaptureCopy(runner, e, isMultiAgent)).ToList()),
        ];
        if (runner.Rewards is { } rewards)
        {
            values.Add(new("rewards", rewards.GetState()));
        }

        if (isMultiAgent)
        {
            values.Add(new("policies", runner.Policies.Select(p => ParameterSet.From([new("id", p.Policy.Id), .. CapturePolicy(p, always: true)])).ToList()));
            numbers.AddRange(runner.Player.Agents.Select(a => (float)a.Turn));
        }
        else
        {
            values.AddRange(CapturePolicy(runner.Policies[0], always: false));
        }

        for (var i = 0; i < runner.Player.Agents.Length; i++)
        {
            foreach (var part in runner.PendingOf(i))
            {
                numbers.AddRange(part.Span);
            }
        }

        return ParameterSet.From(values);
    }

    private static IEnumerable<KeyValuePair<string, object?>> CapturePolicy(PolicyActor policy, bool always)
    {
        yield return new("random", policy.Random.Save().ToString());
        if (policy.Exploration.GetState() is var exploration && (always || exploration.Count > 0))
        {
            yield return new("exploration", exploration);
        }
    }

    private static ParameterSet CaptureCopy(EnvRunner runner, Episode episode, bool isMultiAgent)
    {
        List<KeyValuePair<string, object?>> values =
        [
            new("random", runner.Vector.SaveStream(episode.EnvironmentIndex).ToString()),
            new("state", runner.Started ? runner.Vector.SaveState(episode.EnvironmentIndex) : null),
            new("number", episode.Number),
            new("return", episode.Return),
            new("length", episode.Length),
            // As text, so that every number comes back as it was written.
            new("data", JsonSerializer.Serialize(episode.AllData, _json)),
        ];
        if (isMultiAgent)
        {
            values.Add(new("agents", episode.AllAgents.Select((agent, i) => ParameterSet.From(
            [
                new("number", i),
                new("policy", agent.PolicyId),
                new("return", agent.Return),
                new("steps", agent.Steps),
                new("reward", agent.RewardSinceAction),
            ])).ToList()));
        }

        return ParameterSet.From(values);
    }

    // What was learnt of rewards is of use also where episodes begin anew.
    private static void ApplyRewards(EnvRunner runner, ParameterSet state, bool goesOn)
    {
        if (state.TryGet("rewards", out var rewards) && rewards is ParameterSet saved)
        {
            runner.Rewards?.SetState(saved, goesOn);
        }
    }

    // No episode runs; streams, exploration and the numbers of episodes are those of the state.
    private static void Rewind(PolicyLayout layout, EnvRunner runner, ParameterSet state)
    {
        runner.Stop();
        ApplyRewards(runner, state, goesOn: false);
        ApplyPolicies(layout, runner, state);
        var copies = Sets(state["environments"]);
        foreach (var episode in runner.Player.Episodes)
        {
            var copy = copies[episode.EnvironmentIndex];
            runner.Vector.RestoreStream(episode.EnvironmentIndex, RandomState.Parse(copy.Get<string>("random")));
            episode.Number = copy.Get<long>("number");
        }
    }

    private static void ApplyPolicies(PolicyLayout layout, EnvRunner runner, ParameterSet state)
    {
        foreach (var saved in layout.IsMultiAgent ? Sets(state["policies"]) : [state.With("id", layout.Policies[0].Id)])
        {
            if (layout.NumberOf(saved.Get<string>("id")) is >= 0 and var number)
            {
                var policy = runner.Policies[number];
                policy.Random.Restore(RandomState.Parse(saved.Get<string>("random")));
                policy.Exploration.SetState(saved.TryGet("exploration", out var exploration) && exploration is ParameterSet set ? set : ParameterSet.Empty);
            }
        }
    }

    // What is left of the numbers.
    private static ReadOnlySpan<float> ApplyRunner(PolicyLayout layout, EnvRunner runner, ParameterSet state, ReadOnlySpan<float> numbers)
    {
        runner.Stop();
        ApplyRewards(runner, state, goesOn: true);
        runner.Started = state.Get<bool>("started");
        ApplyPolicies(layout, runner, state);
        var copies = Sets(state["environments"]);
        foreach (var episode in runner.Player.Episodes)
        {
            ApplyCopy(layout, runner, episode, copies[episode.EnvironmentIndex]);
        }

        var agents = runner.Player.Agents;
        for (var i = 0; layout.IsMultiAgent && i < agents.Length; i++)
        {
            agents[i].Turn = (AgentTurn)(int)numbers[i];
        }

        numbers = layout.IsMultiAgent ? numbers[agents.Length..] : numbers;
        for (var i = 0; i < agents.Length; i++)
        {
            foreach (var part in runner.PendingOf(i))
            {
                numbers[..part.Length].CopyTo(part.Span);
                numbers = numbers[part.Length..];
            }
        }

        return numbers;
    }

    private static void ApplyCopy(PolicyLayout layout, EnvRunner runner, Episode episode, ParameterSet state)
    {
        runner.Vector.RestoreStream(episode.EnvironmentIndex, RandomState.Parse(state.Get<string>("random")));
        episode.Clear();
        episode.StartedAt = 0;
        episode.Number = state.Get<long>("number");
        episode.Return = state.Get<double>("return");
        episode.Length = state.Get<int>("length");
        foreach (var (name, values) in JsonSerializer.Deserialize<Dictionary<string, double[]>>(state.Get<string>("data"), _json)!)
        {
            foreach (var value in values)
            {
                episode.Data(name).Add(value);
            }
        }

        if (layout.IsMultiAgent)
        {
            foreach (var saved in Sets(state["agents"]))
            {
                var agent = episode.AllAgents[saved.Get<int>("number")];
                (agent.PolicyId, agent.Return, agent.Steps, agent.RewardSinceAction) =
                    (saved["policy"] as string, saved.Get<double>("return"), saved.Get<int>("steps"), saved.Get<double>("reward"));
                agent.Policy = agent.PolicyId is null ? 0 : layout.NumberOf(agent.PolicyId);
            }
        }
        else if (runner.Started)
        {
            var agent = episode.AllAgents[0];
            (agent.PolicyId, agent.Turn, agent.Return, agent.Steps) = (layout.Policies[0].Id, AgentTurn.Acts, episode.Return, episode.Length);
        }

        if (runner.Started)
        {
            runner.Vector.RestoreState(episode.EnvironmentIndex, state.Get<string>("state"));
        }
    }
}
