namespace Tuning.Tests.Documents;

/// <summary>What modules answer on 32 observations: how the tests of the documents tell whether weights are the same.</summary>
internal static class Answers
{
    private const int Count = 32;

    /// <summary>The action distribution's inputs of a module on observations that are always the same.</summary>
    public static float[] Of(RlModule module)
    {
        var random = new Random(7);
        return module.ForwardInference([.. Enumerable.Range(0, Count * module.ObservationSize).Select(_ => (2 * random.NextSingle()) - 1)]);
    }

    /// <summary>The same weights, and others than a fresh algorithm of the same configuration has.</summary>
    public static void AssertRestored(RlModule source, RlModule restored, RlModule fresh)
    {
        Assert.Equal(Of(source), Of(restored));
        Assert.NotEqual(Of(fresh), Of(restored));
    }
}
