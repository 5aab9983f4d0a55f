using System.Text.RegularExpressions;

namespace Tuning.Search;

/// <summary>What the options of search algorithms that stand around another one have in common.</summary>
public abstract partial record WrapperOptions : SearcherOptions
{
    /// <summary>The search algorithm that makes the suggestions.</summary>
    public required SearcherOptions Searcher { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public sealed override ImmutableArray<string> WarmStartDirectories => Searcher.WarmStartDirectories;

    /// <inheritdoc/>
    [JsonIgnore]
    internal override string? AddedParameter => Searcher.AddedParameter;

    /// <summary>Makes the inner search algorithm; messages about its options say where they stand.</summary>
    /// <exception cref="ArgumentException">Its options do not fit; the message begins with <c>searcher.</c> where it is about an option.</exception>
    private protected ISearcher CreateInner(SearcherContext context)
    {
        if (Searcher is null)
        {
            throw new ArgumentException("searcher: is null; it must be a search algorithm, such as {type: tpe}.");
        }

        try
        {
            return Searcher.Make(context);
        }
        catch (ArgumentException e) when (OptionName().IsMatch(e.Message))
        {
            throw new ArgumentException(OptionName().Replace(e.Message, "searcher.$0"), e);
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]*(?=[:.\[])", RegexOptions.Multiline)]
    private static partial Regex OptionName();
}
