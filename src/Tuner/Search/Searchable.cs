namespace Tuning.Search;

/// <summary>What a space must have to be searched.</summary>
internal static class Searchable
{
    /// <summary>The space has a parameter that is drawn.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static void Require(string searcher, ParameterCodec codec)
    {
        if (codec.Axes.IsEmpty)
        {
            throw new ArgumentException($"The search algorithm '{searcher}' has nothing to search: no parameter of the space is drawn. Give one a domain, " +
                $"such as {{uniform: [0, 1]}}.");
        }
    }
}
