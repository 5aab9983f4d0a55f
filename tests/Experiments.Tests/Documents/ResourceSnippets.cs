namespace Tuning.Tests.Documents;

/// <summary>What docs/resources.md shows.</summary>
internal static class ResourceSnippets
{
    public static RunConfig Run()
    {
        var run = new RunConfig
        {
            ResourcesPerTrial = new() { Cpu = 2, Gpu = 0.5, Memory = ByteSize.Parse("4GiB"), Other = new Dictionary<string, double> { ["license"] = 1 } },
            Resources = new() { Other = new Dictionary<string, DeviceList> { ["license"] = 3 } },
        };
        return run;
    }
}
