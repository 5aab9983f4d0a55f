namespace Tuning.Schedulers.Population;

/// <summary>Turns the tree of an option into mutations.</summary>
internal static class MutationReader
{
    private const string _example = "{loguniform: [1e-5, 1e-3]} or a list of values";

    /// <summary>The mutations in order of their paths.</summary>
    /// <param name="space">Domains and lists, in maps.</param>
    /// <param name="option">The option's name, for messages.</param>
    /// <exception cref="ArgumentException">Something cannot be explored; the message has a line for each.</exception>
    public static List<Mutation> Read(SearchSpace space, string option)
    {
        var problems = new List<string>();
        return TryRead(space, option, problems) ?? throw new ArgumentException(string.Join('\n', problems));
    }

    /// <summary>The mutations in order of their paths; null when there are problems.</summary>
    public static List<Mutation>? TryRead(SearchSpace space, string option, List<string> problems)
    {
        var mutations = new List<Mutation>();
        Read(space.Root, "", mutations, problems, option);
        return problems.Count == 0 ? mutations : null;
    }

    private static void Read(SpaceNode node, string path, List<Mutation> mutations, List<string> problems, string option)
    {
        if (node.Children() is { } children && (children.Count > 0 || path.Length == 0))
        {
            foreach (var (name, child) in children)
            {
                Read(child, path.Length == 0 ? name : path + "." + name, mutations, problems, option);
            }

            return;
        }

        switch (node)
        {
            case DomainNode { Domain: GridDomain }:
                problems.Add($"{option}.{path}: is a grid_search, which runs each value once and has no next one; use choice, or the list alone.");
                break;
            case DomainNode { Domain: ComputedDomain }:
                problems.Add($"{option}.{path}: is computed, so there is nothing to perturb; use a domain or a list, or computed values in config.");
                break;
            case DomainNode { Domain: { Condition: { } condition } }:
                problems.Add($"{option}.{path}: has the condition '{condition}'; put the domain with its condition in config: where it does not hold, " +
                    $"nothing is perturbed.");
                break;
            case DomainNode { Domain: var domain }:
                mutations.Add(new DomainMutation(path, domain));
                break;
            case ConstantNode { Value: ParameterList { Count: > 0 } values }:
                mutations.Add(new ListMutation(path, values));
                break;
            case ListNode:
                problems.Add($"{option}.{path}: is a list that holds a domain; it must be {_example}.");
                break;
            default:
                problems.Add($"{option}.{path}: is {Domain.Text(node.ToParameters())}; it must be {_example}.");
                break;
        }
    }
}
