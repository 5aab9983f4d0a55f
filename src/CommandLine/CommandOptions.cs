using System.CommandLine;
using System.Numerics;
using Tuning.Control;

namespace Tuning.CommandLine;

/// <summary>Options that several commands take. Made anew for each command: an option belongs to one.</summary>
internal static class CommandOptions
{
    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Print nothing but what went wrong." };

    public static Option<bool> Verbose() => new("--verbose", "-v") { Description = "Print every report, and a detailed log." };

    public static Option<TimeSpan?> Grace() =>
        Duration("--grace", "After Ctrl-C, how long trials may take to write their checkpoints (30s, 5m); without it as long as they need.");

    public static Option<string?> Storage() =>
        new("--storage") { Description = "The directory that holds the experiments (default: storage_path of the file, else ./results).", HelpName = "DIR" };

    public static Option<Int128?> Seed() => Number<Int128>("--seed", "The seed of everything random.");

    /// <summary>A whole number; without <paramref name="least"/> any that the type holds.</summary>
    public static Option<T?> Number<T>(string name, string description, T? least = null)
        where T : struct, IBinaryInteger<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                if (result.Tokens.Count == 1 && T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) && !(number < least))
                {
                    return number;
                }

                var rule = least is { } bound ? Invariant($"a whole number of at least {bound}") : T.IsNegative(T.Zero - T.One) ? "a whole number"
                    : "a whole number of at least 0";
                result.AddError($"{name} is '{string.Join(' ', result.Tokens.Select(t => t.Value))}'; it must be {rule}.");
                return null;
            },
        };

    public static Option<string[]> Many(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    public static Option<ErroredTrials> Errored() => new("--errored")
    {
        Description = "What becomes of failed trials: skip (default), resume from their checkpoint, or restart.",
        HelpName = "skip|resume|restart",
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (text is not ("skip" or "resume" or "restart"))
            {
                result.AddError($"--errored is '{text}'; it must be skip, resume or restart.");
                return default;
            }

            return Enum.Parse<ErroredTrials>(text, ignoreCase: true);
        },
    };

    private static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (result.Tokens.Count == 1 && DurationText.TryParse(result.Tokens[0].Value, out var duration))
            {
                return duration;
            }

            result.AddError($"{name} is '{string.Join(' ', result.Tokens.Select(t => t.Value))}'; it must be a time such as 30s, 5m, 1h or 1:30.");
            return null;
        },
    };
}
