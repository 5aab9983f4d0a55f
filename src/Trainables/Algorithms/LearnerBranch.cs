namespace Tuning.Algorithms;

/// <summary>Makes learners and modules from the branch <c>learner_group/learner</c> of a checkpoint.</summary>
internal static class LearnerBranch
{
    private const string ModulesDirectory = "rl_module";

    /// <summary>Fails unless a directory holds what is expected; the message says where in it that is.</summary>
    /// <param name="directory">What was given.</param>
    /// <param name="part">The path of the expected branch in an algorithm's checkpoint.</param>
    /// <param name="fits">Whether a class is the expected one.</param>
    public static void RequireClass(CheckpointDirectory directory, string part, Func<string, bool> fits)
    {
        var kind = ComponentFiles.ReadClass(directory).Name;
        if (fits(kind))
        {
            return;
        }

        var below = part.Split('/');
        var inside = Enumerable.Range(0, below.Length).Select(i => string.Join('/', below[i..])).FirstOrDefault(p => Directory.Exists(directory.File(p)));
        throw new CheckpointException($"{directory.Path} is a checkpoint of '{kind}', and no " +
            $"{below[^1].Replace('_', ' ')}.{(inside is null ? "" : $" The one that it has is below it: {directory.File(inside)}.")}");
    }

    /// <summary>Whether a class is that of a learner: every algorithm's has a branch with modules.</summary>
    public static bool IsLearner(CheckpointDirectory directory, string kind) => kind.EndsWith("Learner", StringComparison.Ordinal)
        && Directory.Exists(directory.File(ModulesDirectory));

    /// <summary>The learners of a branch with their modules; the modules' weights are restored, the learners' states are not.</summary>
    /// <param name="directory">The branch, whose digests have been verified.</param>
    /// <param name="threads">How many threads each may use; null for one per processor.</param>
    public static LearnerGroup Make(CheckpointDirectory directory, int? threads)
    {
        if (threads is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(threads));
        }

        var config = AlgorithmRegistry.Configure(directory.Path, ReadAlgorithm(directory));
        var blueprint = config.Plan();
        var identity = new LearnerIdentity(config.Name, blueprint.LearnerClass, config.ToParameters());
        var modules = Directory.EnumerateDirectories(directory.File(ModulesDirectory)).Order(StringComparer.Ordinal)
            .Select(d => KeyValuePair.Create(Path.GetFileName(d), RlModule.FromCheckpoint(d))).ToList();
        var learners = new List<KeyValuePair<string, Learner>>();
        try
        {
            foreach (var (id, module) in modules.Where(m => blueprint.Trains(m.Key)))
            {
                learners.Add(new(id, blueprint.CreateLearner(id, identity, module, new RandomStream(0), threads ?? Environment.ProcessorCount)));
            }
        }
        catch (Exception e)
        {
            learners.ForEach(l => l.Value.Dispose());
            throw e is ArgumentException or NotSupportedException
                ? new CheckpointException($"The learner in {directory.Path} cannot be made again: {e.Message}", e) : e;
        }

        return new(identity, modules, learners);
    }

    /// <summary>The algorithm that a learner belongs to, with its options.</summary>
    private static ComponentClass ReadAlgorithm(CheckpointDirectory directory)
    {
        var kind = ComponentFiles.ReadClass(directory);
        if (kind.Arguments.TryGet("algorithm", out var name) && name is string algorithm && kind.Arguments.TryGet("options", out var given) && given
            is ParameterSet options)
        {
            return new(algorithm, options);
        }

        // Checkpoints of the first version say it in the whole only.
        var whole = new CheckpointDirectory(Path.GetFullPath(Path.Combine(directory.Path, "..", "..")));
        return ComponentFiles.IsComponent(whole)
            ? ComponentFiles.ReadClass(whole)
            : throw new CheckpointException($"{directory.Path} does not say what algorithm its learner belongs to: an older version wrote it. Read it in the " +
                $"place where it was written, in the checkpoint of its algorithm.");
    }
}
