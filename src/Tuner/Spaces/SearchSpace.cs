namespace Tuning;

/// <summary>
/// The configurations that an experiment tries: constants, maps, lists and <see cref="Domain"/>s in one tree, domains at any depth.
/// A builder: <see cref="Add"/> and <see cref="Set"/> change this space and return it. Whoever keeps one keeps a <see cref="Copy"/>,
/// which costs nothing. Use <see cref="SearchSpace{T}"/> for names that the compiler checks.
/// </summary>
/// <remarks>
/// A map with exactly one domain's name, and at most <c>when</c>, is that domain, in C# as in a file: <c>{"uniform": [0, 1]}</c>.
/// Compared by content. Building is not safe for concurrent use; reading is.
/// </remarks>
[JsonConverter(typeof(SearchSpaceConverter))]
public class SearchSpace : IEquatable<SearchSpace>
{
    /// <summary>A space without parameters.</summary>
    public SearchSpace()
        : this(new ConstantNode(ParameterSet.Empty))
    {
    }

    private protected SearchSpace(SpaceNode root) => Root = root;

    /// <summary>The tree: a map.</summary>
    internal SpaceNode Root { get; private protected set; }

    /// <summary>
    /// The domains with their paths, in ordinal order of the path's parts; not those inside the values of a choice or a grid. A
    /// position in a list is a number from 0: <c>layers.0</c>.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, Domain>> Domains =>
        [.. Leaves(Root, "").Where(l => l.Node is DomainNode).Select(l => KeyValuePair.Create(l.Path, ((DomainNode)l.Node).Domain))];

    /// <summary>Conditions that every configuration fulfils, in the expression language; see <see cref="Constrain"/>.</summary>
    public ImmutableArray<string> Constraints { get; private protected set; } = [];

    /// <summary>The constants with their paths.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Constants =>
        [.. Leaves(Root, "").Where(l => l.Node is ConstantNode).Select(l => KeyValuePair.Create(l.Path, ((ConstantNode)l.Node).Value))];

    /// <summary>The paths of all parameters that differ between trials: drawn, searched or computed.</summary>
    public IReadOnlyList<string> SearchedPaths => [.. Domains.Select(d => d.Key)];

    /// <summary>The paths of computed values whose C# function must be supplied again, by <see cref="WithCodeFrom"/>.</summary>
    public IReadOnlyList<string> MissingCode => [.. Domains.Where(d => d.Value is ComputedDomain { IsMissingCode: true }).Select(d => d.Key)];

    /// <summary>The space that a tree describes: <see cref="ToParameters"/> read back, or the <c>config</c> of an experiment file.</summary>
    /// <exception cref="ArgumentException">A domain is wrong; the message lists every error with its path.</exception>
    public static SearchSpace FromTree(ParameterSet tree)
    {
        var space = FromTree(tree, out var errors);
        return errors.Count == 0 ? space : throw new ArgumentException(string.Join(Environment.NewLine, errors));
    }

    /// <summary>The space that a tree describes, with all errors at once; where one is, the space holds null.</summary>
    public static SearchSpace FromTree(ParameterSet tree, out IReadOnlyList<SpaceError> errors)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var found = new List<SpaceError>();
        var root = SpaceNode.Read(tree, [], found);
        errors = found;
        if (root is DomainNode)
        {
            found.Add(new([], $"The whole configuration is the domain {tree}; it must be a map of parameters."));
        }

        return new(found.Count == 0 || root.Children() is not null ? root : new ConstantNode(ParameterSet.Empty));
    }

    /// <summary>Adds a parameter. It takes the place of a constant, never of a domain.</summary>
    /// <param name="path">Its dotted path; maps on the way are made: <c>optimizer.lr</c>.</param>
    /// <param name="value">A <see cref="Domain"/>, a constant, or a list or map that holds any of these.</param>
    /// <returns>This space.</returns>
    /// <exception cref="ArgumentException">A domain stands at the path or on the way; or the value is of a type that configurations do not hold.</exception>
    public SearchSpace Add(string path, object? value) => Put(path, value, replace: false);

    /// <summary>Sets a parameter, whatever stood there.</summary>
    /// <inheritdoc cref="Add"/>
    public SearchSpace Set(string path, object? value) => Put(path, value, replace: true);

    /// <summary>Adds a condition that every configuration fulfils: <c>layers * units &lt;= 4096</c>. It holds beside those of the experiment.</summary>
    /// <returns>This space.</returns>
    /// <exception cref="ExpressionException">The text is no expression; the message points to the place.</exception>
    public SearchSpace Constrain(string constraint)
    {
        Constraints = Constraints.Add(Formula.Parse(constraint).Text);
        return this;
    }

    /// <summary>A space of its own with the same content, which later changes of this one do not touch. Costs nothing.</summary>
    public SearchSpace Copy() => With(Root);

    /// <summary>A space with the given constants wherever this one has nothing: this one wins, maps are merged.</summary>
    public SearchSpace WithDefaults(ParameterSet defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return With(Merge(Root, SpaceNode.From(defaults)));
    }

    /// <summary>The names in expressions of the space and in constraints. What is no expression is told elsewhere.</summary>
    internal IReadOnlyCollection<string> Named(IEnumerable<string> constraints)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var domain in Domains.Select(d => d.Value))
        {
            names.UnionWith(((domain as ComputedDomain)?.Formula?.Names ?? []).Concat(domain.ConditionFormula?.Names ?? []));
        }

        foreach (var constraint in constraints)
        {
            try
            {
                names.UnionWith(Formula.Parse(constraint).Names);
            }
            catch (ExpressionException)
            {
                continue;
            }
        }

        return names;
    }

    /// <summary>
    /// A space whose computed values have the C# functions that <paramref name="supplied"/> has at the same paths under the same
    /// names; for a space that was read from a journal. Not those inside the values of a choice or a grid.
    /// </summary>
    public SearchSpace WithCodeFrom(SearchSpace supplied)
    {
        ArgumentNullException.ThrowIfNull(supplied);
        var functions = supplied.Domains.Where(d => d.Value is ComputedDomain { Function: not null }).ToDictionary(d => d.Key, d => (ComputedDomain)d.Value);
        var result = Copy();
        foreach (var (path, domain) in Domains)
        {
            if (domain is ComputedDomain { IsMissingCode: true } && functions.TryGetValue(path, out var known) && known.Equals(domain))
            {
                result.Root = Replace(result.Root, path, known);
            }
        }

        return result;
    }

    /// <summary>
    /// What is wrong with the expressions of the space and with <paramref name="constraints"/>: unknown names, values that depend on
    /// each other, comparisons with what a domain never is, functions that must be supplied again. Empty when all is well.
    /// </summary>
    public IReadOnlyList<SpaceError> Validate(IEnumerable<string> constraints)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        string[] all = [.. constraints];
        var errors = SpacePlan.Check(this, all);
        return errors.Count == 0 ? NeverCheck.Of(this, all) : errors;
    }

    /// <summary>The canonical form of the whole space, from which <see cref="FromTree(ParameterSet)"/> makes an equal one. C# functions are written by name, as
    /// <c>{"code": name}</c>.</summary>
    public ParameterSet ToParameters() => (ParameterSet)Root.ToParameters()!;

    /// <inheritdoc/>
    public bool Equals(SearchSpace? other) => ReferenceEquals(this, other)
        || (other is not null && ToParameters().Equals(other.ToParameters()) && Constraints.AsSpan().SequenceEqual(other.Constraints.AsSpan()));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as SearchSpace);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToParameters().GetHashCode();

    /// <summary>The canonical form as JSON on one line.</summary>
    public sealed override string ToString() => ToParameters().ToString();

    private SearchSpace With(SpaceNode root) => new(root) { Constraints = Constraints };

    private protected SearchSpace Put(string path, object? value, bool replace)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var segments = path.Split('.');
        if (Array.Exists(segments, s => s.Length == 0))
        {
            throw new ArgumentException($"'{path}' is no path: a name between two dots is empty.", nameof(path));
        }

        try
        {
            Root = Put(Root, segments, 0, SpaceNode.From(value), replace);
        }
        catch (ArgumentException e) when (!e.Message.StartsWith($"'{path}'", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{path}': {e.Message}", e);
        }

        return this;
    }

    private static SpaceNode Put(SpaceNode node, string[] path, int depth, SpaceNode value, bool replace)
    {
        if (depth == path.Length)
        {
            return replace || node is not (DomainNode or MapNode or ListNode)
                ? value
                : throw new ArgumentException($"'{string.Join('.', path)}' has a domain already, {Domain.Text(node.ToParameters())}; use Set to replace it.");
        }

        var children = node.Children();
        if (children is null)
        {
            if (node is DomainNode && !replace)
            {
                var domain = string.Join('.', path[..depth]);
                throw new ArgumentException(
                    $"'{string.Join('.', path)}': nothing can be added below '{domain}', which is a domain itself, {Domain.Text(node.ToParameters())}.");
            }

            children = new(StringComparer.Ordinal);
        }

        children[path[depth]] = Put(children.GetValueOrDefault(path[depth]) ?? new ConstantNode(null), path, depth + 1, value, replace);
        return SpaceNode.Map(children);
    }

    private static SpaceNode Merge(SpaceNode node, SpaceNode defaults)
    {
        if (node.Children() is not { } children || defaults.Children() is not { } others)
        {
            return node;
        }

        foreach (var (name, other) in others)
        {
            children[name] = children.TryGetValue(name, out var own) ? Merge(own, other) : other;
        }

        return SpaceNode.Map(children);
    }

    private static SpaceNode Replace(SpaceNode node, string path, Domain domain) => node switch
    {
        DomainNode when path.Length == 0 => new DomainNode(domain),
        MapNode map => new MapNode(map.Names, [.. map.Nodes.Select((n, i) => Below(path, map.Names[i]) is { } rest ? Replace(n, rest, domain) : n)]),
        ListNode list => new ListNode(
            [.. list.Nodes.Select((n, i) => Below(path, i.ToString(CultureInfo.InvariantCulture)) is { } rest ? Replace(n, rest, domain) : n)]),
        _ => node,
    };

    private static string? Below(string path, string name) =>
        path == name ? "" : path.Length > name.Length && path[name.Length] == '.' && path.StartsWith(name, StringComparison.Ordinal) ? path[(name.Length + 1)..]
            : null;

    private static IEnumerable<(string Path, SpaceNode Node)> Leaves(SpaceNode node, string path)
    {
        IEnumerable<(string Name, SpaceNode Node)>? below = node switch
        {
            MapNode map => map.Names.Zip(map.Nodes),
            ListNode list => list.Nodes.Select((n, i) => (i.ToString(CultureInfo.InvariantCulture), n)),
            ConstantNode { Value: ParameterSet { Count: > 0 } set } => set.Select(e => (e.Key, (SpaceNode)new ConstantNode(e.Value))),
            ConstantNode { Value: ParameterSet } when path.Length == 0 => [],
            _ => null,
        };
        return below is null ? [(path, node)] : below.SelectMany(b => Leaves(b.Node, path.Length == 0 ? b.Name : path + "." + b.Name));
    }
}
