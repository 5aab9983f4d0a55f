using System.CommandLine;
using Tuning.Training;

namespace Tuning.CommandLine;

/// <summary><c>components</c>: what experiments can name here, with the options of each.</summary>
internal static class ComponentsCommand
{
    private const int NamesPerLine = 20;

    public static void Build(Command command, CommandContext context)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "One of them, with each option, its default and what it may be; without it, all of them.",
            Arity = ArgumentArity.ZeroOrOne
        };
        command.Arguments.Add(name);
        command.SetAction(async (parsed, _) =>
        {
            var host = context.Host();
            await using (host.ConfigureAwait(false))
            {
                var kinds = Kinds(host.Catalog);
                if (parsed.GetValue(name) is not { } one)
                {
                    WriteAll(context.Output, kinds);
                    return CommandContext.Success;
                }

                var found = kinds.SelectMany(k => k.Components.Select(c => (k.Kind, Component: c)))
                    .Where(f => f.Component.Name == one || f.Component.Aliases.Contains(one)).ToList();
                if (found.Count == 0)
                {
                    throw new UsageException($"There is no component '{one}'.{NearestName.For(one, [.. kinds.SelectMany(k => k.Components).Select(c => c.Name)],
                        "components")}");
                }

                found.ForEach(f => WriteOne(context.Output, f.Kind, f.Component));
                return CommandContext.Success;
            }
        });
    }

    private static (string Kind, Component[] Components)[] Kinds(ComponentCatalog catalog) =>
    [
        ("trainable", [.. catalog.Trainables.Select(n => Of(catalog.FindTrainable(n)!))]),
        ("environment", [.. catalog.Environments.Select(n => new Component(n, [], Rows(catalog.EnvironmentParameters(n) ?? [])))]),
        ("search algorithm", Of(catalog.Searchers)),
        ("scheduler", Of(catalog.Schedulers)),
        ("stopper", Of(catalog.Stoppers)),
        ("logger", Of(catalog.Loggers)),
        ("hook action", Of(catalog.HookActions)),
    ];

    private static void WriteAll(TextWriter output, (string Kind, Component[] Components)[] kinds)
    {
        foreach (var (kind, components) in kinds)
        {
            output.WriteLine($"{kind}s{(components.Length == 0 ? ": none" : "")}");
            var width = components.Select(c => c.Name.Length).DefaultIfEmpty().Max();
            foreach (var (name, _, options) in components)
            {
                var more = options.Length > NamesPerLine ? $" and {options.Length - NamesPerLine} more" : "";
                output.WriteLine($"  {name.PadRight(width)}  {string.Join(", ", options.Take(NamesPerLine).Select(o => o.Name))}{more}".TrimEnd());
            }

            output.WriteLine();
        }

        output.WriteLine($"All about one of them: {StartedAs.Command("components")} NAME");
    }

    private static void WriteOne(TextWriter output, string kind, Component component)
    {
        output.WriteLine($"{component.Name}, a {kind}{(component.Aliases.Length == 0 ? "" : $"; also {string.Join(", ", component.Aliases)}")}");
        if (component.Options.Length > 0)
        {
            string[] header = ["option", "default", "what it may be"];
            TextTable.Write(output, header, [.. component.Options.Select(o => (string[])[o.Name, o.Default, o.What])], maxWidth: 100);
        }
    }

    private static Component[] Of<TOptions>(ComponentSet<TOptions> set)
        where TOptions : class => [.. set.Names.Select(n => new Component(n, set.AliasesOf(n), Rows(set.SchemaOf(n))))];

    private static Component Of(TrainableDefinition trainable) => new(trainable.Name, [], trainable.ConfigurationType is { } type
        ? Rows(OptionSchema.Of(type)) : Rows(trainable.ParameterNames));

    private static ImmutableArray<Row> Rows(IEnumerable<string> names) => [.. names.Select(n => new Row(n, "", ""))];

    private static ImmutableArray<Row> Rows(OptionSchema schema)
    {
        var defaults = ParameterSet.Empty;
        try
        {
            defaults = schema.Written(Activator.CreateInstance(schema.Type)!);
        }
        catch (MissingMethodException)
        {
            // A type that is made with arguments has no defaults to show.
        }

        return [.. Rows(schema, "", defaults)];
    }

    private static IEnumerable<Row> Rows(OptionSchema schema, string path, ParameterSet defaults) => schema.Options.SelectMany(option =>
    {
        var here = OptionSchema.Join(path, option.Name);
        return option.Group is { } group && !option.AllowsNull ? Rows(group, here, defaults)
            : [new Row(here, option.IsRequired ? "required" : defaults.TryGet(here, out var value) ? TypeText.Show(value) : "", What(option))];
    });

    private static string What(Values.Option option) => string.Join(", ", option.Rules.Select(r => TypeText.Rule(r)).OfType<string>().Prepend(option.Words));

    private sealed record Component(string Name, ImmutableArray<string> Aliases, ImmutableArray<Row> Options);

    private sealed record Row(string Name, string Default, string What);
}
