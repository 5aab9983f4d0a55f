namespace Tuning.Tests.Documents;

/// <summary>What docs/evaluation.md shows.</summary>
internal static class EvaluationSnippets
{
    public static PpoConfig Configure()
    {
        var ppo = new PpoConfig()
            .Environment("CartPole-v1")
            .Evaluation(interval: 5, duration: 20, evaluationConfig: new() { Explore = false });
        return ppo;
    }

    public static double? Evaluate(PpoConfig ppo)
    {
        using var algorithm = ppo.Build();
        algorithm.Train();
        var result = algorithm.Evaluate();
        Console.WriteLine(result.Number("env_runners/episode_return_mean"));
        return result.Number("env_runners/num_episodes");
    }
}
