using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tuning.CommandLine;

/// <summary>
/// The commands by name. Only the one that is asked for is built, since each option costs time at the start; help builds all.
/// </summary>
internal static class CommandTree
{
    private static readonly (string Name, string Description, Action<Command, CommandContext> Build)[] _commands =
    [
        ("run", "Run the experiments of a file. The default: 'FILE' alone does the same.", RunCommand.Build),
        ("validate", "Check a file; print everything that is wrong with it, or what it would run.", ValidateCommand.Build),
        ("resume", "Continue an experiment that was stopped or killed, or extend one that has finished.", ResumeCommand.Build),
        ("verify", "Compute every recorded decision of an experiment again, and list the differences.", VerifyCommand.Build),
        ("list", "List the experiments in the storage, with status, best value and age.", ListCommand.Build),
        ("show", "Show the trials of an experiment; also write them as CSV.", ShowCommand.Build),
        ("explain", "Say why: every decision about an experiment's trials, or about one, with its reason.", ExplainCommand.Build),
        ("components", "List trainables, environments, search algorithms, schedulers and what else a file can name, with their options.",
            ComponentsCommand.Build),
        ("inspect", "Show what is in a checkpoint, and verify it.", InspectCommand.Build),
    ];

    /// <summary>The names of the commands that every program has.</summary>
    public static IEnumerable<string> BuiltIn => _commands.Select(c => c.Name);

    /// <summary>The arguments with the default command put in where none is named.</summary>
    public static string[] WithDefault(string[] arguments, CommandContext context) =>
        arguments is [var first, ..] && first is not ("-h" or "--help" or "-?" or "/?" or "/h" or "help" or "--version") && !first.StartsWith('[')
            && !IsCommand(first, context)
            ? ["run", .. arguments]
            : arguments is ["help", .. var rest] ? [.. rest, "--help"] : arguments;

    /// <summary>The names of all commands.</summary>
    public static IEnumerable<string> Names(CommandContext context) => [.. BuiltIn, .. context.Host().Commands.Select(c => c.Name)];

    /// <summary>The tree for these arguments.</summary>
    public static RootCommand Make(string[] arguments, CommandContext context)
    {
        var root = new RootCommand(Description());
        var asked = arguments.Length > 0 ? arguments[0] : "";
        var isBuiltIn = BuiltIn.Contains(asked);
        var contributed = isBuiltIn ? [] : context.Host().Commands;
        var onlyOne = isBuiltIn || contributed.Any(c => c.Name == asked);
        foreach (var (name, description, build) in _commands)
        {
            if (!onlyOne || name == asked)
            {
                var command = new Command(name, description);
                build(command, context);
                RefuseEmpty(command);
                root.Subcommands.Add(command);
            }
        }

        foreach (var one in contributed.Where(c => !onlyOne || c.Name == asked))
        {
            var command = new Command(one.Name, one.Description);
            ContributedCommand.Build(one, command, context);
            RefuseEmpty(command);
            root.Subcommands.Add(command);
        }

        return root;
    }

    // The program's own commands are asked for last: a file is a file, and configuring the program takes time.
    private static bool IsCommand(string name, CommandContext context) =>
        BuiltIn.Contains(name) || (!name.StartsWith('-') && !Path.HasExtension(name) && !File.Exists(name) && context.Host().Commands.Any(c => c.Name == name));

    // No command means anything by these; a variable of a script that is not set is the usual cause.
    private static void RefuseEmpty(Command command)
    {
        foreach (var argument in command.Arguments)
        {
            argument.Validators.Add(result => Refuse(result, argument.Name));
        }

        foreach (var option in command.Options)
        {
            option.Validators.Add(result => Refuse(result, option.Name));
        }

        static void Refuse(SymbolResult result, string name)
        {
            if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value)))
            {
                result.AddError($"{name} is empty.");
            }
            else if (result.Tokens.FirstOrDefault(t => t.Value.Contains('\0')) is not null)
            {
                result.AddError($"{name} holds a character of the number 0, which no name can.");
            }
        }
    }

    private static string Description() => $"""
        Runs experiments: many trials of anything trainable, with early stopping, checkpoints, and a journal that survives a crash.

        Examples:
          {StartedAs.Program} pendulum-ppo.yaml
          {StartedAs.Program} pendulum-ppo.yaml --set config.lr=0.001 --num-samples 4 --seed 42
          {StartedAs.Program} validate pendulum-ppo.yaml
          {StartedAs.Program} list
          {StartedAs.Program} show results/pendulum-ppo --csv trials.csv
          {StartedAs.Program} explain results/pendulum-ppo 7
          {StartedAs.Program} resume results/pendulum-ppo --add-samples 10
        """;
}
