using System.CommandLine;

namespace Tuning.CommandLine;

/// <summary>Builds a <see cref="TunerCommand"/>.</summary>
internal static class ContributedCommand
{
    public static void Build(TunerCommand contributed, Command command, CommandContext context)
    {
        var readers = new List<(string Name, Func<ParseResult, object?> Read)>();
        foreach (var value in contributed.Arguments)
        {
            var argument = new Argument<string?>(value.Name)
            {
                Description = value.Description,
                Arity = value.MayBeLeftOut ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne
            };
            command.Arguments.Add(argument);
            readers.Add((value.Name, parsed => parsed.GetValue(argument)));
        }

        foreach (var value in contributed.Options)
        {
            readers.Add((value.Name, Add(value, command)));
        }

        OverrideOptions? overrides = null;
        if (contributed.ExperimentFile is { } given)
        {
            var file = new Argument<string>(given.Name) { Description = given.Description };
            overrides = new(command, file);
            readers.Add((given.Name, parsed => parsed.GetValue(file)));
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var host = new CalledHost(context, overrides?.Read(parsed) ?? new(), overrides?.Given(parsed) ?? []);
            await using (host.ConfigureAwait(false))
            {
                var call = new CommandInvocation(readers.ToDictionary(r => r.Name, r => r.Read(parsed)), context.Output, context.Error, host);
                return await contributed.Run(call, cancellationToken).ConfigureAwait(false);
            }
        });
    }

    private static Func<ParseResult, object?> Add(CommandValue value, Command command)
    {
        switch (value.Kind)
        {
            case CommandValueKind.Flag:
                var flag = new Option<bool>(value.Name) { Description = value.Description };
                command.Options.Add(flag);
                return parsed => parsed.GetValue(flag);
            case CommandValueKind.Number:
                var number = CommandOptions.Number<ulong>(value.Name, value.Description);
                command.Options.Add(number);
                return parsed => parsed.GetValue(number);
            default:
                var text = new Option<string?>(value.Name)
                {
                    Description = value.Description,
                    HelpName = value.HelpName ?? (value.Allowed.Count > 0 ? string.Join('|', value.Allowed) : null),
                    Required = value.IsRequired
                };
                text.Validators.Add(result =>
                {
                    if (value.Allowed.Count > 0 && result.Tokens.Count == 1 && !value.Allowed.Contains(result.Tokens[0].Value))
                    {
                        result.AddError($"{value.Name} is '{result.Tokens[0].Value}'; it must be one of: {string.Join(", ", value.Allowed)}.");
                    }
                });
                command.Options.Add(text);
                return parsed => parsed.GetValue(text);
        }
    }
}
