using Tuning.Control;
using Tuning.Randomness;

namespace Tuning.Tests.Control;

/// <summary>Shares of a machine: random ones, and whether several have room beside each other.</summary>
internal static class ShareChecks
{
    /// <summary>What trials ask for and what there is, with room for one at least.</summary>
    public static ResourceLayout Random(RandomStream dice)
    {
        while (true)
        {
            double? cpu = dice.NextInt32(4) switch
            {
                0 => null,
                1 => 1 + dice.NextInt32(4),
                2 => dice.NextDouble() + 0.01,
                _ => (1 + dice.NextInt32(30)) / 10.0,
            };
            var layout = new ResourceLayout(cpu, 1 + dice.NextInt32(8), [Kind("gpu", dice), Kind("license", dice)])
            {
                Memory = dice.NextInt32(3) == 0 ? 1 + dice.NextInt32(100) : null,
                AllMemory = 100 + dice.NextInt32(300),
            };
            if (layout.Lanes >= 1)
            {
                return layout;
            }
        }
    }

    /// <summary>Fails where several have more than there is, of anything.</summary>
    public static void AssertRoom(ResourceLayout layout, IReadOnlyList<TrialShare> shares)
    {
        const double Rounding = 1e-6;
        Assert.Equal(shares.Count, shares.Select(s => s.Lane).Distinct().Count());
        Assert.True(shares.Count * (layout.Cpu ?? 0) <= layout.Cores + Rounding);
        Assert.True(shares.Count * (layout.Memory ?? 0) <= layout.AllMemory);
        foreach (var kind in layout.Devices)
        {
            var given = shares.Select(s => Assert.Single(s.Devices, d => d.Name == kind.Name).Devices).ToList();
            Assert.All(given, g => Assert.Equal(Math.Ceiling(kind.Amount), g.Length));
            var each = Math.Min(kind.Amount, 1);
            foreach (var device in given.SelectMany(g => g).GroupBy(d => d))
            {
                Assert.True(device.Count() * each <= 1 + Rounding, $"{device.Key} has {device.Count()} times {each}");
                Assert.InRange(int.Parse(device.Key, System.Globalization.CultureInfo.InvariantCulture), 0, kind.All.Count - 1);
            }
        }

        // Whole processors are nobody else's.
        Assert.All(shares.SelectMany(s => s.Processors), p => Assert.InRange(p, 0, layout.Cores - 1));
        if (layout.Cpu is { } cpu && Math.Floor(cpu).Equals(cpu))
        {
            Assert.All(shares, s => Assert.Equal((int)cpu, s.Processors.Length));
            Assert.Distinct(shares.SelectMany(s => s.Processors));
        }
    }

    private static ResourceLayout.Kind Kind(string name, RandomStream dice) => new(name, dice.NextInt32(4) switch
    {
        0 => 0,
        1 => 1 + dice.NextInt32(3),
        2 => 1.0 / (1 + dice.NextInt32(10)),
        _ => dice.NextDouble() + 1e-6,
    }, dice.NextInt32(9));
}
