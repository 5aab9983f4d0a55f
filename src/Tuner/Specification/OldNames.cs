namespace Tuning.Specification;

/// <summary>
/// Names that Ray Tune and RLlib had once, or have at another place, for keys of an experiment. A trainable's own old names are in
/// its <see cref="Training.TrainableVocabulary"/>. Files written by this product carry today's names only.
/// </summary>
internal static class OldNames
{
    /// <summary>Path in an experiment → today's.</summary>
    public static readonly (string Old, string Today)[] Keys =
    [
        ("checkpoint_freq", "checkpoint_config.checkpoint_frequency"),
        ("checkpoint_frequency", "checkpoint_config.checkpoint_frequency"),
        ("checkpoint_at_end", "checkpoint_config.checkpoint_at_end"),
        ("keep_checkpoints_num", "checkpoint_config.num_to_keep"),
        ("num_to_keep", "checkpoint_config.num_to_keep"),
        ("checkpoint_score_attr", "checkpoint_config.checkpoint_score_attribute"),
        ("checkpoint_config.checkpoint_freq", "checkpoint_config.checkpoint_frequency"),
        ("checkpoint_config.keep_checkpoints_num", "checkpoint_config.num_to_keep"),
        ("checkpoint_config.checkpoint_score_attr", "checkpoint_config.checkpoint_score_attribute"),
        ("checkpoint_config.checkpoint_score_metric", "checkpoint_config.checkpoint_score_attribute"),
        ("max_failures", "failure_config.max_failures"),
        ("fail_fast", "failure_config.fail_fast"),
        ("local_dir", "storage_path"),
        ("trial_resources", "resources_per_trial"),
        ("config.env", "env"),
        ("tune.num_samples", "num_samples"),
        ("metric", "tune.metric"),
        ("mode", "tune.mode"),
        ("search_alg", "tune.search_alg"),
        ("scheduler", "tune.scheduler"),
        ("stoppers", "tune.stoppers"),
        ("seed", "tune.seed"),
        ("time_budget_s", "tune.time_budget_s"),
        ("max_concurrent_trials", "tune.max_concurrent_trials"),
        ("resources_per_trial.CPU", "resources_per_trial.cpu"),
        ("resources_per_trial.GPU", "resources_per_trial.gpu"),
    ];

    /// <summary>Keys that have a meaning in Python only → why they have none here.</summary>
    public static readonly (string Key, string Why)[] Ignored =
    [
        ("verbose", "the command line has --quiet and --verbose"),
        ("reuse_actors", "trials run in this process and start in microseconds"),
        ("tune.reuse_actors", "trials run in this process and start in microseconds"),
        ("queue_trials", "trials always wait for a free slot"),
        ("raise_on_failed_trial", "the exit code says whether a trial failed"),
        ("log_to_file", "the log is always written to tuner.log"),
        ("progress_reporter", "progress is shown where the output is a terminal"),
        ("export_formats", "a checkpoint holds everything that can be exported"),
        ("trial_name_creator", "trials are numbered"),
        ("trial_dirname_creator", "trials are numbered"),
        ("tune.trial_name_creator", "trials are numbered"),
        ("tune.trial_dirname_creator", "trials are numbered"),
        ("tune.chdir_to_trial_dir", "trials share the process and its directory"),
    ];

    /// <summary>The name of an environment here: files of RLlib give the path of one of its examples, whose last part is the name.</summary>
    public static string Environment(string name) => name.StartsWith("ray.rllib.", StringComparison.Ordinal) ? name[(name.LastIndexOf('.') + 1)..] : name;

    /// <summary>Moves every old key to today's place. An old and the new name both given is an error.</summary>
    public static void Replace(SourceMap experiment, SourcePath at)
    {
        foreach (var (old, today) in Keys)
        {
            Move(experiment, old, today, at);
        }

        ScoreDirection(experiment, at);
        Restore(experiment, at);
        foreach (var (key, why) in Ignored)
        {
            if (experiment.Locate(key) is { } found)
            {
                found.Parent.Remove(found.Entry);
                at.Ignore(found.Entry, key, why);
            }
        }
    }

    /// <summary>Moves one key, keeping the place and the name that the user wrote.</summary>
    /// <param name="map">The map that both paths start in.</param>
    /// <param name="old">Dotted path.</param>
    /// <param name="today">Dotted path.</param>
    /// <param name="at">Where the map stands.</param>
    public static void Move(SourceMap map, string old, string today, SourcePath at)
    {
        if (map.Locate(old) is not { } found)
        {
            return;
        }

        var written = found.Entry.WrittenPath ?? at.Under(old);
        if (map.Locate(today) is { } present)
        {
            if (found.Entry.Value is SourceScalar { Value: null } || present.Entry.Value is SourceScalar { Value: null })
            {
                // One of them says that it is not given.
                var (parent, entry) = found.Entry.Value is SourceScalar { Value: null } ? found : present;
                parent.Remove(entry);
                Move(map, old, today, at);
                return;
            }

            var (oldIsOverride, newIsOverride) = (!found.Entry.KeyPosition.Source.HasLines, !present.Entry.KeyPosition.Source.HasLines);
            if (oldIsOverride == newIsOverride)
            {
                at.Problem(found.Entry.KeyPosition, written,
                    $"'{old}' is the old name of '{today}', which is given too{Line(present.Entry)}; keep one of them.");
            }

            found.Parent.Remove(found.Entry);
            if (oldIsOverride && !newIsOverride)
            {
                present.Parent.Set(present.Entry with { Value = found.Entry.Value, KeyPosition = found.Entry.KeyPosition, WrittenPath = written });
            }

            return;
        }

        var target = map;
        var segments = today.Split('.');
        foreach (var segment in segments[..^1])
        {
            if (target.Branch(segment, found.Entry.KeyPosition) is not { } branch)
            {
                at.Problem(found.Entry.KeyPosition, written, $"'{old}' belongs to '{today}', but '{segment}' is no map.");
                found.Parent.Remove(found.Entry);
                return;
            }

            target = branch;
        }

        found.Parent.Remove(found.Entry);
        if (found.Parent.Entries.Count == 0 && map.Entries.FirstOrDefault(e => ReferenceEquals(e.Value, found.Parent)) is { } empty)
        {
            // A map that held nothing but old names is gone with them.
            map.Remove(empty);
        }

        target.Set(found.Entry with { Name = segments[^1], WrittenPath = written });
    }

    private static string Line(SourceEntry entry) => entry.KeyPosition.Source.HasLines ? $" in line {entry.KeyPosition.Line}" : "";

    /// <summary><c>checkpoint_score_attr: min-loss</c> is a metric and a direction.</summary>
    private static void ScoreDirection(SourceMap experiment, SourcePath at)
    {
        if (experiment.Locate("checkpoint_config.checkpoint_score_attribute") is not { Entry.Value: SourceScalar { Value: string text } scalar } found
            || !(text.StartsWith("min-", StringComparison.Ordinal) || text.StartsWith("max-", StringComparison.Ordinal)))
        {
            return;
        }

        var written = found.Entry.WrittenPath ?? at.Under("checkpoint_config.checkpoint_score_attribute");
        if (found.Parent.Find("checkpoint_score_order") is { } order && order.Value.ToValue() as string != text[..3])
        {
            at.Problem(found.Entry.Value.Position, written,
                Invariant($"'{text}' says '{text[..3]}', but checkpoint_score_order says '{order.Value.ToValue()}'; keep one of them."));
            return;
        }

        found.Parent.Set(found.Entry with { Value = new SourceScalar(scalar.Position, text[4..], text[4..], true), WrittenPath = written });
        found.Parent.Set(new("checkpoint_score_order", found.Entry.KeyPosition,
            new SourceScalar(scalar.Position, text[..3], text[..3], true))
        { WrittenPath = written });
    }

    /// <summary><c>restore: PATH</c> is a hook of today.</summary>
    private static void Restore(SourceMap experiment, SourcePath at)
    {
        if (experiment.Find("restore") is not { } entry)
        {
            return;
        }

        experiment.Remove(entry);
        if (entry.Value is SourceScalar { Value: null })
        {
            return;
        }

        var position = entry.KeyPosition;
        var action = new SourceMap(position,
            [new("restore_from_path", position, new SourceMap(position, [new("path", position, entry.Value) { WrittenPath = at.Under("restore") }]))]);
        if (experiment.Branch("callbacks", position) is not { } callbacks)
        {
            return;
        }

        if (callbacks.Get("on_algorithm_init") is SourceList list)
        {
            list.Items.Insert(0, action);
        }
        else if (callbacks.Get("on_algorithm_init") is SourceMap single)
        {
            callbacks.Set(new("on_algorithm_init", position, new SourceList(position, [action, single])));
        }
        else
        {
            callbacks.Set(new("on_algorithm_init", position, new SourceList(position, [action])));
        }
    }
}
