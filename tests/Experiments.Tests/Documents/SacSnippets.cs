namespace Tuning.Tests.Documents;

/// <summary>What docs/sac.md shows.</summary>
internal static class SacSnippets
{
    public static SacConfig Configure()
    {
        var sac = new SacConfig()
            .Environment("Pendulum-v1")
            .Training(actorLr: 1e-3, criticLr: 1e-3, alphaLr: 1e-3, tdErrorLossFn: TdErrorLoss.Mse, numStepsSampledBeforeLearningStarts: 100,
                randomTimesteps: 100)
            .Networks(q: new SacModelOptions { HiddenLayers = [256, 256] });
        return sac;
    }
}
