namespace Tuning.Spaces;

/// <summary>One configuration in the making: values are resolved when somebody asks for them, and only once.</summary>
internal sealed class Resolution : IFormulaScope
{
    private const int _open = -1, _picking = -2, _absent = -3, _failed = -4;

    // Marks of values; what a user gives is never one of them.
    private static readonly object _resolving = new(), _notGiven = new(), _noValue = new();

    private readonly SpacePlan _plan;
    private readonly ulong _seed;
    private readonly object?[] _values;
    private readonly bool[] _isResolved;
    private readonly int[] _picks;
    private readonly object?[]? _given;
    private readonly int[]? _chosen;
    private List<LeafPlan>? _waiting;

    /// <param name="plan">The space.</param>
    /// <param name="seed">What everything drawn follows from.</param>
    /// <param name="cell">Which value each grid has, by its number, and -1 for all other domains; null when there are no grids. Taken over.</param>
    /// <param name="given">Values that are given instead of drawn, as <see cref="NoneGiven"/> makes them; null for none.</param>
    /// <param name="chosen">Which of its values each choice takes where it is there, by its number, and -1 to draw it; null to draw all.</param>
    public Resolution(SpacePlan plan, ulong seed, int[]? cell, object?[]? given, int[]? chosen = null)
    {
        (_plan, _seed, _given, _chosen) = (plan, seed, given, chosen);
        _values = new object?[plan.Leaves.Length];
        _isResolved = new bool[_values.Length];
        _picks = cell ?? new int[_values.Length];
        if (cell is null)
        {
            Array.Fill(_picks, _open);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [.. _plan.Leaves.Select(l => l.Path).Distinct()];

    /// <summary>An array for given values in which none is given yet.</summary>
    public static object?[] NoneGiven(SpacePlan plan)
    {
        var given = new object?[plan.Leaves.Length];
        Array.Fill(given, _notGiven);
        return given;
    }

    /// <summary>Whether a value is given for a domain.</summary>
    public static bool IsGiven(object?[]? given, LeafPlan leaf) => given is not null && given[leaf.Id] != _notGiven;

    /// <summary>Forgets the value that was given for a domain.</summary>
    public static void TakeBack(object?[] given, LeafPlan leaf) => given[leaf.Id] = _notGiven;

    /// <summary>Gives a domain a value.</summary>
    public static void Give(object?[] given, LeafPlan leaf, object? value) => given[leaf.Id] = value;

    /// <summary>Why the configuration that was made lacks values: the first computed value or condition that has none. Null when all have one.</summary>
    public string? Fault { get; private set; }

    /// <summary>Where that is; null when there is none.</summary>
    public LeafPlan? FaultAt { get; private set; }

    /// <summary>Whether a domain has a value in the configuration that was made.</summary>
    public bool IsReached(LeafPlan leaf) => _isResolved[leaf.Id] && _values[leaf.Id] != Formula.Absent && _values[leaf.Id] != _noValue;

    /// <summary>The value of a domain, after the configuration was made; of those that <see cref="IsReached"/>.</summary>
    public object? ValueOf(LeafPlan leaf) => _values[leaf.Id];

    /// <summary>The whole configuration; where something has no value, nothing stands, and <see cref="Fault"/> says why.</summary>
    public ParameterSet ToConfiguration(ImmutableArray<LeafPlan> beforeCode)
    {
        // What needs no C# function comes first, so that functions see all of it.
        foreach (var leaf in beforeCode)
        {
            Value(leaf);
        }

        return (ParameterSet)Build(_plan.Root)!;
    }

    /// <summary>
    /// The first constraint that is not fulfilled, -1 if there is none. One that an absent parameter leaves undecided is fulfilled; one that
    /// has no value is not.
    /// </summary>
    public int FirstBroken(ImmutableArray<Formula> constraints)
    {
        for (var i = 0; i < constraints.Length; i++)
        {
            if (!Fulfils(constraints[i], out _))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether a constraint is fulfilled.</summary>
    /// <param name="constraint">The constraint.</param>
    /// <param name="fault">Why it has no value; null when it has one.</param>
    public bool Fulfils(Formula constraint, out string? fault)
    {
        try
        {
            fault = null;
            return constraint.Test(this) is not false;
        }
        catch (Exception e) when (e is ExpressionException or NoValueException)
        {
            fault = e is ExpressionException expression ? expression.Problem : e.Message;
            return false;
        }
    }

    /// <inheritdoc/>
    public NameLookup Find(ImmutableArray<string> name, out object? value)
    {
        var node = _plan.Root;
        var below = false;
        value = null;
        for (var at = 0; at < name.Length;)
        {
            switch (node)
            {
                case MapPlan map when map.Child(name[at]) is { } child:
                    (node, at) = (child, at + 1);
                    break;
                case ListPlan list when ParameterScope.Position(name[at], list.Nodes.Length) is { } position:
                    (node, at) = (list.Nodes[position], at + 1);
                    break;
                case LeafPlan { Items: { } items } leaf when !IsGiven(_given, leaf):
                    below = true;
                    var pick = Pick(leaf);
                    if (pick == _absent)
                    {
                        return NameLookup.Absent;
                    }

                    node = items[pick];
                    break;
                case LeafPlan leaf:
                    var content = Value(leaf);
                    if (content == _noValue)
                    {
                        throw new NoValueException(Fault!);
                    }

                    return content != Formula.Absent && ParameterScope.Walk(content, name.AsSpan()[at..], out value) ? NameLookup.Found : NameLookup.Absent;
                case ConstantPlan constant when ParameterScope.Walk(constant.Value, name.AsSpan()[at..], out value):
                    return NameLookup.Found;
                default:
                    // Another value of a choice may have it, this one does not.
                    return below ? NameLookup.Absent : NameLookup.Unknown;
            }
        }

        value = Build(node);
        if (Fault is not null && SpacePlan.LeavesOf(node).Any(l => _values[l.Id] == _noValue))
        {
            throw new NoValueException(Fault);
        }

        return value == Formula.Absent ? NameLookup.Absent : NameLookup.Found;
    }

    private object? Build(PlanNode node)
    {
        switch (node)
        {
            case ConstantPlan constant:
                return constant.Value;
            case LeafPlan leaf:
                return Value(leaf) is var found && found == _noValue ? Formula.Absent : found;
            case ListPlan list:
                return new ParameterList(list.Nodes.Select(Build).Where(v => v != Formula.Absent));
            default:
                var map = (MapPlan)node;
                var values = new object?[map.Nodes.Length];
                var absent = 0;
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Build(map.Nodes[i]);
                    absent += values[i] == Formula.Absent ? 1 : 0;
                }

                return ParameterSet.Own(map.Names, values, absent, Formula.Absent);
        }
    }

    private object? Value(LeafPlan leaf)
    {
        if (_isResolved[leaf.Id])
        {
            return _values[leaf.Id];
        }

        if (_values[leaf.Id] == _resolving)
        {
            throw Cycle(leaf);
        }

        _values[leaf.Id] = _resolving;
        object? value;
        try
        {
            value = leaf.IsPlain && !IsGiven(_given, leaf) ? leaf.Domain.Sample(Stream(leaf)) : Special(leaf);
        }
        catch (NoValueException e)
        {
            (Fault, FaultAt) = (Fault ?? e.Message, FaultAt ?? leaf);
            value = _noValue;
        }

        _values[leaf.Id] = value;
        _isResolved[leaf.Id] = true;
        return value;
    }

    private object? Special(LeafPlan leaf)
    {
        var pick = Pick(leaf);
        return pick == _absent ? Formula.Absent
            : IsGiven(_given, leaf) ? _given![leaf.Id]
            : leaf.Items is { } items ? Build(items[pick])
            : leaf.Domain is ComputedDomain computed ? Compute(leaf, computed)
            : leaf.Domain.Sample(Stream(leaf));
    }

    // Decides whether a parameter is there and, for a choice, with which of its values.
    private int Pick(LeafPlan leaf)
    {
        var pick = _picks[leaf.Id];
        if (pick == _picking)
        {
            throw Cycle(leaf);
        }

        if (pick == _failed)
        {
            throw new NoValueException(Fault!);
        }

        if (pick == _open)
        {
            _picks[leaf.Id] = _picking;
            var isThere = leaf.Domain.ConditionFormula is not { } condition || Test(leaf, condition);
            pick = !isThere ? _absent
                : leaf.Items is not { } items || IsGiven(_given, leaf) ? 0
                : _chosen is not null && _chosen[leaf.Id] >= 0 ? _chosen[leaf.Id]
                : Stream(leaf).NextInt32(items.Length);
            _picks[leaf.Id] = pick;
        }

        return pick;
    }

    private bool Test(LeafPlan leaf, Formula condition)
    {
        Enter(leaf);
        try
        {
            return condition.Test(this) is true;
        }
        catch (Exception e) when (e is ExpressionException or NoValueException)
        {
            Fault ??= e is NoValueException ? e.Message : $"The condition of '{leaf.Path}' has no value: {e.Message}";
            FaultAt ??= leaf;
            _picks[leaf.Id] = _failed;
            throw new NoValueException(Fault);
        }
        finally
        {
            Leave();
        }
    }

    private object? Compute(LeafPlan leaf, ComputedDomain computed)
    {
        Enter(leaf);
        try
        {
            return computed.Formula is { } formula ? formula.Evaluate(this) : Call(leaf, computed);
        }
        catch (ExpressionException e)
        {
            throw new NoValueException($"The computed value '{leaf.Path}' has none: {e.Message}");
        }
        finally
        {
            Leave();
        }
    }

    // A function that asks for a value which is not there yet gets called again once it is.
    private object? Call(LeafPlan leaf, ComputedDomain computed)
    {
        for (var asked = new HashSet<string>(); ;)
        {
            try
            {
                return ParameterSet.Normalize(computed.Function!(Seen(_plan.Root) as ParameterSet ?? ParameterSet.Empty));
            }
            catch (MissingParameterException e) when (asked.Add(e.Path))
            {
                if (Find([.. e.Path.Split('.')], out _) is not NameLookup.Found and var lookup)
                {
                    throw new NoValueException($"The computed value '{leaf.Path}' asks for '{e.Path}', which "
                        + (lookup == NameLookup.Absent
                            ? "is absent here, because its condition does not hold; use Get with a fallback, or TryGet."
                            : $"no parameter is called{Values.NearestName.Hint(e.Path, Names, "parameters")}"));
                }
            }
            catch (Exception e) when (e is not NoValueException)
            {
                // The user's code: whatever it throws needs the name of the parameter.
                throw new NoValueException($"The computed value '{leaf.Path}' fails: {e.Message}");
            }
        }
    }

    // What is resolved so far; null where nothing is.
    private object? Seen(PlanNode node)
    {
        switch (node)
        {
            case ConstantPlan constant:
                return constant.Value;
            case MapPlan map:
                return ParameterSet.From(map.Names.Zip(map.Nodes).Select(c => KeyValuePair.Create(c.First, IsSeen(c.Second) ? Seen(c.Second) : Formula.Absent))
                    .Where(c => c.Value != Formula.Absent));
            case ListPlan list:
                return new ParameterList(list.Nodes.Where(IsSeen).Select(Seen).Where(v => v != Formula.Absent));
            default:
                var leaf = (LeafPlan)node;
                return _isResolved[leaf.Id] ? (IsReached(leaf) ? _values[leaf.Id] : Formula.Absent) : Seen(leaf.Items![_picks[leaf.Id]]);
        }
    }

    private bool IsSeen(PlanNode node) => node switch
    {
        LeafPlan leaf => _isResolved[leaf.Id]
            || (leaf.Items is { } items && !IsGiven(_given, leaf) && _picks[leaf.Id] >= 0 && items[_picks[leaf.Id]] is MapPlan),
        ListPlan list => list.Nodes.All(IsSeen),
        _ => true,
    };

    private RandomStream Stream(LeafPlan leaf) => new(_seed ^ leaf.Seed);

    private void Enter(LeafPlan leaf) => (_waiting ??= []).Add(leaf);

    private void Leave() => _waiting!.RemoveAt(_waiting.Count - 1);

    private NoValueException Cycle(LeafPlan leaf)
    {
        var chain = (_waiting ?? []).SkipWhile(l => l != leaf && _waiting!.Contains(leaf)).Append(leaf).Select(l => $"`{l.Path}`");
        return new($"{string.Join(" depends on ", chain)}; one of them must not use the others.");
    }
}

/// <summary>Something has no value at one point of a space; it may have one at others.</summary>
internal sealed class NoValueException(string message) : InvalidOperationException(message);
