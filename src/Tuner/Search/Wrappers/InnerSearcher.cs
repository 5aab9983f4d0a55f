using System.Text.RegularExpressions;

namespace Tuning.Search;

/// <summary>Makes the search algorithm that stands inside another one's options.</summary>
internal static partial class InnerSearcher
{
    /// <summary>Makes it; messages about its options say where they stand.</summary>
    /// <exception cref="ArgumentException">Its options do not fit; the message begins with <c>searcher.</c> where it is about an option.</exception>
    public static ISearcher Create(SearcherOptions options, SearcherContext context)
    {
        if (options is null)
        {
            throw new ArgumentException("searcher: is null; it must be a search algorithm, such as {type: tpe}.");
        }

        try
        {
            return options.Create(context);
        }
        catch (ArgumentException e) when (OptionName().IsMatch(e.Message))
        {
            throw new ArgumentException(OptionName().Replace(e.Message, "searcher.$0"), e);
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]*(?=[:.\[])", RegexOptions.Multiline)]
    private static partial Regex OptionName();
}
