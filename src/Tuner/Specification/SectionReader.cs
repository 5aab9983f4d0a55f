namespace Tuning.Specification;

/// <summary>What the sections of one experiment need to read and to report.</summary>
internal sealed class SectionReader(ComponentCatalog catalog, SourceEntry experiment, SourceMap tree, SourcePath at, TrainableDefinition? trainable)
{
    public ComponentCatalog Catalog => catalog;

    public SourcePath At => at;

    /// <summary>Today's path of a metric, given any spelling that the trainable knows.</summary>
    public string Metric(string name) => trainable?.Vocabulary.Metric(name) ?? name;

    /// <summary>Which direction of a metric is better, where the trainable says so.</summary>
    public Mode? DeclaredMode(string name) => trainable?.ModeOf(Metric(name));

    /// <summary>Reports a problem at the place that a path of today means.</summary>
    public void Problem(ParameterIssue issue)
    {
        var place = SourceLookup.Find(tree, experiment.KeyPosition, experiment.Name, issue.Path);
        var lines = issue.Message.Split('\n');
        if (lines is [var what, var expression, var caret] && caret.Trim() == "^"
            && (SourceLookup.Text(place.Node, expression.Trim()) ?? SourceLookup.Text(tree, expression.Trim())) is { } scalar)
        {
            // The message of an expression shows it with a caret; here the caret can stand in the file itself.
            var offset = caret.Length - 1 - (expression.Length - expression.TrimStart().Length)
                + (scalar.Value is string text ? text.Length - text.TrimStart().Length : 0);
            at.Problem(scalar.Position with { Column = scalar.Position.Column + (scalar.IsPlain ? 0 : 1) + offset, Length = 1 }, place.Written, what,
                issue.Code);
            return;
        }

        at.Problem(issue.IsAboutName ? place.Key : place.Value, place.Written, issue.Message + ScalarHint.For(place.Node, issue.Message), issue.Code);
    }

    /// <summary>Says something at the place that a path of today means.</summary>
    public void Notice(ParameterIssue notice)
    {
        var place = SourceLookup.Find(tree, experiment.KeyPosition, experiment.Name, notice.Path);
        at.List.Notice(notice.Message, place.Value.Problem(place.Written, notice.Message) with { Excerpt = null });
    }

    /// <summary>Reports what the rules say, except about places that have a problem already: what was read there is no longer what was written.</summary>
    public void Problems(IEnumerable<ParameterIssue> issues)
    {
        var said = at.List.Problems.Where(p => p.Line > 0).Select(p => (p.Source, p.Line, p.Column)).ToHashSet();
        foreach (var issue in issues)
        {
            var (key, value, _, _) = SourceLookup.Find(tree, experiment.KeyPosition, experiment.Name, issue.Path);
            if (!Said(key) && !Said(value))
            {
                Problem(issue);
            }
        }

        bool Said(SourcePosition position) => said.Contains((position.Source.Name, position.Line, position.Column));
    }

    /// <summary>Old parameter names become today's; what has no meaning here is dropped with a notice; what is refused is an error.</summary>
    public void ReplaceOldParameters(SourceMap config)
    {
        var vocabulary = trainable!.Vocabulary;
        var here = at.At("config");
        foreach (var (old, today) in vocabulary.Parameters)
        {
            // lr_schedule: null says that there is none, not that the learning rate is null.
            if (config.Locate(old) is { Entry.Value: SourceScalar { Value: null } } empty)
            {
                empty.Parent.Remove(empty.Entry);
            }

            OldNames.Move(config, old, today, here);
        }

        foreach (var implied in vocabulary.Implied)
        {
            if (config.Locate(implied.Given) is { Entry: var given } && config.Locate(implied.Path) is null && given.Value.ToValue() is { } value
                && (implied.Values.Count == 0 || implied.Values.Any(v => IsSame(v, value))))
            {
                config.Set(new(implied.Path, given.KeyPosition, SourceNode.Of(ParameterSet.Parse($"{{\"v\": {implied.Value}}}")["v"], given.KeyPosition))
                {
                    WrittenPath = here.Under(implied.Given)
                });
                at.List.Notice(implied.Path, given.KeyPosition.Problem(given.WrittenPath ?? here.Under(implied.Given), $"'{implied.Given}' {implied.Why}: " +
                    $"{implied.Path} is {implied.Value}, as there; give {implied.Path} to have others.") with
                { Excerpt = null });
            }
        }

        foreach (var (key, rule) in vocabulary.Fixed)
        {
            if (config.Locate(key) is { } found)
            {
                found.Parent.Remove(found.Entry);
                if (found.Entry.Value is not SourceScalar { Value: var value } || (value is not null && !rule.Values.Any(v => IsSame(v, value))))
                {
                    at.Problem(found.Entry.KeyPosition, found.Entry.WrittenPath ?? here.Under(key),
                        $"'{key}' can only be {string.Join(" or ", rule.Values.Select(TypeText.Show))} here: {rule.Why.TrimEnd('.')}.",
                        ProblemCode.Unsupported);
                }
            }
        }

        // Written out as switched off it asks for nothing.
        foreach (var (key, why) in vocabulary.Refused)
        {
            if (config.Locate(key) is { } found)
            {
                found.Parent.Remove(found.Entry);
                if (found.Entry.Value is not (SourceScalar { Value: null or false or 0L } or SourceMap { Entries: [] } or SourceList { Items: [] }))
                {
                    at.Problem(found.Entry.KeyPosition, found.Entry.WrittenPath ?? here.Under(key), $"'{key}' is not supported: {why.TrimEnd('.')}.",
                        ProblemCode.Unsupported);
                }
            }
        }

        foreach (var (key, why) in vocabulary.Ignored)
        {
            if (config.Locate(key) is { } found)
            {
                found.Parent.Remove(found.Entry);
                at.Ignore(found.Entry, key, why);
            }
        }
    }

    private static bool IsSame(object known, object given) => known is double or long or int && given is double or long
        ? Convert.ToDouble(known, CultureInfo.InvariantCulture).Equals(Convert.ToDouble(given, CultureInfo.InvariantCulture))
        : known.Equals(given);

    /// <summary>A text or a list of texts.</summary>
    public ImmutableArray<string> Texts(MapReader reader, string name, string what)
    {
        if (reader.Take(name) is not { } entry)
        {
            return [];
        }

        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var item in entry.Value is SourceList items ? items.Items : [entry.Value])
        {
            if (item is SourceScalar { Value: string text })
            {
                texts.Add(text);
            }
            else if (item is SourceScalar { Value: bool or long or double } scalar)
            {
                texts.Add(scalar.Text);
            }
            else
            {
                at.Problem(item.Position, reader.PathOf(entry), MapReader.Wrong(item, $"it must be {what}, or a list of such."));
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>One component, all its options written out; the default where it is absent or wrong.</summary>
    public ComponentSpec Component<TOptions>(MapReader? reader, string name, string path, ComponentSet<TOptions> set, string fallback)
        where TOptions : class
    {
        if (reader?.Take(name) is { } entry && Read(entry.Value, path, set) is { } component)
        {
            return component;
        }

        return ExperimentBuilder.Default(set, fallback);
    }

    /// <summary>A list of components; null when the key is absent.</summary>
    public ImmutableArray<ComponentSpec>? Components<TOptions>(MapReader? reader, string name, string path, ComponentSet<TOptions> set)
        where TOptions : class
    {
        if (reader?.Take(name) is not { } entry)
        {
            return null;
        }

        return entry.Value is SourceList items
            ? [.. items.Items.Select((item, i) => Read(item, $"{path}[{i}]", set)).OfType<ComponentSpec>()]
            : Read(entry.Value, path, set) is { } single ? [single] : [];
    }

    private ComponentSpec? Read<TOptions>(SourceNode node, string path, ComponentSet<TOptions> set)
        where TOptions : class
    {
        WarmStartCheck.Root(node);
        var issues = new List<ParameterIssue>();
        var written = Today(node.ToValue());
        if (written is ParameterSet map && map.TryGet("policy_file", out var file) && file is string policy)
        {
            written = map.With("policy_file", ExperimentReader.FullPath(policy, node));
        }

        var component = set.Read(written, path, issues);
        issues.ForEach(Problem);
        return component is null ? null : ExperimentBuilder.Canonical(set, component);
    }

    /// <summary>Metrics and parameters in the options of a component, by today's names.</summary>
    private object? Today(object? value) => value switch
    {
        ParameterSet map => ParameterSet.From(map.Select(p => KeyValuePair.Create(p.Key, p.Key switch
        {
            "metric" or "time_attr" => p.Value is string metric ? Metric(metric) : p.Value,
            "points_to_evaluate" when p.Value is ParameterList points =>
                new ParameterList(points.Select(point => point is ParameterSet set ? TodayParameters(set) : point)),
            "hyperparam_mutations" or "hyperparam_bounds" when p.Value is ParameterSet explored => TodayParameters(explored),
            _ => Today(p.Value),
        }))),
        ParameterList items => new ParameterList(items.Select(Today)),
        _ => value,
    };

    private ParameterSet TodayParameters(ParameterSet point)
    {
        foreach (var (old, today) in trainable?.Vocabulary.Parameters ?? new Dictionary<string, string>())
        {
            if (point.TryGet(old, out var value) && !point.TryGet(today, out _) && !old.Contains('.', StringComparison.Ordinal))
            {
                point = ParameterSet.From(point.Where(p => p.Key != old)).With(today, value);
            }
        }

        return point;
    }
}
