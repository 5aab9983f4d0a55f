using Tuning.Hosting;

namespace Tuning;

/// <summary>The commands that trained policies add to a program: <c>export</c> and <c>evaluate</c>.</summary>
internal static class PolicyCommands
{
    private const string Checkpoint = "CHECKPOINT";
    private const string Format = "--format";
    private const string Output = "--output";
    private const string PolicyId = "--policy";
    private const string MappingOption = "--mapping";
    private const string Episodes = "--episodes";
    private const string Seed = "--seed";
    private const string Env = "--env";
    private const string Explore = "--explore";
    private const string Onnx = "onnx";
    private const string SafetensorsFormat = "safetensors";

    private static readonly CommandValue _checkpoint =
        new(Checkpoint, "A checkpoint of an algorithm or of a policy; of a trial the newest, of an experiment its best trial's.");
    private static readonly CommandValue _best =
        new("--best", "Of a trial or an experiment the checkpoint with the best score, in place of the newest.") { Kind = CommandValueKind.Flag };

    private static readonly CommandValue _policy = new(PolicyId, "Which policy of an algorithm that has several.") { HelpName = "ID" };

    public static TunerCommand ExportCommand { get; } = new(
        "export", "Write a policy as an ONNX model, or its weights as safetensors.", (call, _) => Task.FromResult(Write(call)))
    {
        Arguments = [_checkpoint],
        Options =
        [
            new(Format, "What is written: a model that runs, or weights (default: by the ending of the file, else onnx).")
            { Allowed = [Onnx, SafetensorsFormat] },
            new(Output, "The file to write.") { HelpName = "FILE", IsRequired = true },
            _policy,
            _best,
        ],
    };

    public static TunerCommand EvaluateCommand { get; } = new(
        "evaluate", "Play episodes with a policy and print what they return.",
        (call, cancellationToken) => Task.Run(() => Play(call, cancellationToken), cancellationToken))
    {
        Arguments = [_checkpoint],
        Options =
        [
            new(Episodes, "How many episodes (default 100).") { Kind = CommandValueKind.Number },
            new(Seed, $"The seed of the first episode; episode i has seed + i (default {PolicyEvaluation.FirstSeed}).") { Kind = CommandValueKind.Number },
            _policy,
            _best,
            new(MappingOption, "Which agent follows which policy, 0=p0,1=p1 or red_*=p0,*=p1 (default: as in training).") { HelpName = "AGENT=POLICY,…" },
            new(Env, "The environment (default: the one that the policy was trained in).") { HelpName = "NAME" },
            new(Explore, "Draw actions instead of taking the likeliest.") { Kind = CommandValueKind.Flag },
        ],
    };

    private static int Write(CommandInvocation call)
    {
        var file = call.Text(Output)!;
        var policy = PlayedPolicies.Load(Chosen(call), call.Text(PolicyId)).Only;
        var format = call.Text(Format) ?? (file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? SafetensorsFormat : Onnx);
        try
        {
            if (format == SafetensorsFormat)
            {
                policy.ExportWeights(file);
                call.Output.WriteLine($"Written: {file}, {policy.Module.GetState().Count} tensors with PyTorch's names and shapes.");
                return 0;
            }

            policy.ExportModel(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            call.Error.WriteLine($"{file} cannot be written: {e.Message}");
            return 2;
        }
        catch (NotSupportedException e)
        {
            call.Error.WriteLine($"{e.Message} Use {Format} {SafetensorsFormat}.");
            return 2;
        }

        call.Output.WriteLine($"Written: {file}, ONNX with operator set {Networks.ModelGraph.OperatorSet}: obs in {policy.Spaces.Observations} to actions "
            + $"in {policy.Spaces.Actions}.");
        return 0;
    }

    // Says which checkpoint is meant, where that was not named.
    private static string Chosen(CommandInvocation call)
    {
        var path = call.Checkpoint(Checkpoint, call.Flag(_best.Name));
        if (call.Flag(_best.Name) || File.Exists(Path.Combine(call.Text(Checkpoint)!, Running.JournalReader.FileName)))
        {
            call.Output.WriteLine($"Checkpoint: {path}");
        }

        return path;
    }

    private static int Play(CommandInvocation call, CancellationToken cancellationToken)
    {
        var path = Chosen(call);
        var seed = call.Number(Seed) ?? PolicyEvaluation.FirstSeed;
        var episodes = call.Number(Episodes) ?? 100;
        if (episodes is < 1 or > 10_000_000)
        {
            call.Error.WriteLine($"{Episodes} is {episodes}; it must be 1 to 10,000,000.");
            return 2;
        }

        if (call.Text(PolicyId) is not null && call.Text(MappingOption) is not null)
        {
            call.Error.WriteLine($"{PolicyId} names one policy for all agents, and {MappingOption} one for each: give one of the two.");
            return 2;
        }

        var threads = System.Environment.ProcessorCount;
        var evaluation = new PolicyEvaluation { Episodes = (int)episodes, Seed = seed, Explore = call.Flag(Explore), Threads = threads };
        EnvironmentDefinition environment;
        EvaluationResult result;
        try
        {
            var played = PlayedPolicies.Load(path, call.Text(PolicyId), call.Text(MappingOption));
            (environment, var config) = EnvironmentOf(call, path, played);
            if (call.Text(MappingOption) is not null)
            {
                CheckAgents(played, environment, config);
            }

            result = evaluation.Run(environment.IsMultiAgent ? played.Of : _ => played.Only, environment, config, cancellationToken);
        }
        catch (ArgumentException e)
        {
            call.Error.WriteLine(ArgumentMessage.Of(e));
            return 2;
        }

        Print(call, environment, result, seed);
        return 0;
    }

    // A name that means nothing is a slip.
    private static void CheckAgents(PlayedPolicies played, EnvironmentDefinition environment, ParameterSet config)
    {
        using var copy = environment.Open(config);
        if (played.Missing(copy.Agents) is { Count: > 0 } missing)
        {
            throw new ArgumentException($"{MappingOption} names {string.Join(", ", missing.Select(m => $"'{m}'"))}, which is no agent of "
                + $"{environment.Name}; "
                + $"{(environment.IsMultiAgent ? $"its agents are: {string.Join(", ", copy.Agents)}" : "it has one agent, which needs no mapping")}.");
        }
    }

    private static void Print(CommandInvocation call, EnvironmentDefinition environment, EvaluationResult result, ulong seed)
    {
        var (low, high) = result.Interval(seed);
        var players = environment.IsMultiAgent && call.Text(PolicyId) is { } one ? $", all agents follow {one}" : "";
        call.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{environment.Name}: {result.Returns.Count:#,0} episodes, seeds {seed} to "
            + $"{unchecked(seed + (ulong)result.Returns.Count - 1)}, {(call.Flag(Explore) ? "actions drawn" : "likeliest actions")}{players}"));
        call.Output.WriteLine();
        Line("mean", Text(result.Mean));
        Line("standard deviation", Text(result.StandardDeviation));
        Line("interquartile mean", $"{Text(result.InterquartileMean)}   95 % between {Text(low)} and {Text(high)}");
        Line("least, most", $"{Text(result.Returns.Min())}, {Text(result.Returns.Max())}");
        Line("steps per episode", Text(result.Lengths.Average()));

        void Line(string what, string value) => call.Output.WriteLine($"  {what,-20}{value}");

        // A rounded zero has no sign.
        static string Text(double value) => (Math.Round(value, 2) + 0.0).ToString("#,0.00", CultureInfo.InvariantCulture);
    }

    private static (EnvironmentDefinition Environment, ParameterSet Config) EnvironmentOf(CommandInvocation call, string path, PlayedPolicies played)
    {
        var (own, config, horizon) = played.Environment;
        var name = call.Text(Env) ?? own;
        if (name.Length == 0)
        {
            throw new SpecificationException($"{path} does not say which environment its policy was trained in; name one with {Env} NAME: "
                + $"{string.Join(", ", EnvironmentRegistry.Names)}.");
        }

        try
        {
            return (EnvironmentRegistry.Get(name).CutAt(horizon), name == own ? config : ParameterSet.Empty);
        }
        catch (KeyNotFoundException e)
        {
            throw new SpecificationException(e.Message, e);
        }
    }
}
