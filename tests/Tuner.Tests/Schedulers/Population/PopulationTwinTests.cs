using Tuning.Randomness;
using Tuning.Schedulers.Population;
using Tuning.Trials;

namespace Tuning.Tests.Schedulers.Population;

/// <summary>What a population keeps in order, against lists that are sorted at every question.</summary>
public sealed class PopulationTwinTests
{
    private static PopulationRules Rules(bool isRay) => new()
    {
        TimeAttr = "training_iteration",
        Interval = 1,
        BurnIn = 0,
        QuantileFraction = 0.25,
        Synch = isRay,
        RequireAttrs = false,
        IsRay = isRay,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sources_and_the_next_to_start_are_those_of_sorted_lists(bool isRay)
    {
        var (chosen, starts) = (0, 0);
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var random = new RandomStream(seed);
            var population = new Tuning.Schedulers.Population.Population(Rules(isRay), new("score", Mode.Max), trials: 0);
            var resting = new Dictionary<int, bool>();
            var (count, reports) = (0, new int[200]);
            for (var step = 0; step < 400; step++)
            {
                if (count < 5 || random.NextInt32(10) == 0)
                {
                    resting[count] = false;
                    population.Add(new(count++), ParameterSet.Empty);
                }

                var member = population[new(random.NextInt32(count))];
                Change(population, member, random, resting, reports);
                starts += CheckStart(population, resting) ? 1 : 0;
                if (population.Ranking.Count > (member.Rank is null ? 0 : 1) && member.IsLive)
                {
                    chosen += CheckSources(population, member, isRay, count);
                }
            }
        }

        Assert.True(chosen > 10_000, $"{chosen}");
        Assert.True(starts > 5_000, $"{starts}");
    }

    // Something that may happen to a member.
    private static void Change(Tuning.Schedulers.Population.Population population, Member member, RandomStream random, Dictionary<int, bool> resting,
        int[] reports)
    {
        var (id, isStarted) = (member.Id.Number, !resting.ContainsKey(member.Id.Number));
        switch (random.NextInt32(8))
        {
            case 0 when member.IsLive && random.NextInt32(5) == 0:
                population.End(member.Id);
                resting.Remove(id);
                break;
            case 1 when member is { IsLive: true, Planned: null }:
                population.Plan(new(member.Id, new(0), ParameterSet.Empty, ""));
                resting.Remove(id);
                break;
            case 2 when member is { IsLive: true, Planned: not null }:
                population.Abandon(member);
                resting[id] = false;
                break;
            case 3 when member is { IsLive: true, Planned: not null }:
                population.Exploit(member, population[member.Planned.Source]);
                resting[id] = false;
                break;
            case 4 when member is { IsLive: true, Planned: null } && isStarted:
                resting[id] = random.NextInt32(2) == 0;
                population.Stand(member.Id, resting[id]);
                break;
            case 5 when member is { IsLive: true, Planned: null } && !isStarted:
                population.Start(member.Id);
                resting.Remove(id);
                break;
            case 6 or 7 when member.IsLive:
                var score = random.NextInt32(12) == 0 ? double.NaN : random.NextInt32(6);
                var number = reports[id] += 1 + random.NextInt32(3);
                population.Report(new(member.Id, number, default, number, 1, new Metrics { ["training_iteration"] = number, ["score"] = score }));
                break;
        }
    }

    private static bool CheckStart(Tuning.Schedulers.Population.Population population, Dictionary<int, bool> resting)
    {
        var board = new RestingBoard(resting);
        foreach (var withPaused in new[] { false, true })
        {
            int? expected = resting.Where(r => withPaused || !r.Value).OrderBy(r => population[new(r.Key)].Trained).ThenBy(r => r.Key).Select(r => (int?)r.Key)
                .FirstOrDefault();
            Assert.Equal(expected, population.LeastTrained(board, withPaused)?.Id.Number);
        }

        return resting.Count > 1;
    }

    // The upper quantile without the member, the best first, and of it those whose score was made by the state that they have.
    private static int CheckSources(Tuning.Schedulers.Population.Population population, Member member, bool isRay, int count)
    {
        var others = Enumerable.Range(0, count).Select(i => population[new(i)]).Where(m => m.Rank is not null && m != member).ToList();
        others.Sort((a, b) => population.Ranking.Compare(b.Rank!.Value, a.Rank!.Value));
        var size = Ranking.QuantileSize(others.Count + 1, 0.25);
        var sources = others.Take(size).Where(m => isRay || m is { IsProven: true, Planned: null }).Select(m => m.Id).ToList();
        Assert.Equal(sources.Count, size == 0 ? 0 : population.SourcesFor(member, size));
        Assert.Equal(sources, Enumerable.Range(0, sources.Count).Select(place => population.SourceFor(member, place).Id));
        return sources.Count;
    }

    private sealed class RestingBoard(Dictionary<int, bool> resting) : TrialBoard
    {
        public override DateTimeOffset Now => default;

        public override TimeSpan Elapsed => default;

        public override int Count => throw new NotSupportedException();

        public override IReadOnlyCollection<TrialId> Live => throw new NotSupportedException();

        public override IReadOnlyCollection<TrialId> Startable => [.. resting.Keys.Order().Select(k => new TrialId(k))];

        public override TrialView this[TrialId id] => throw new NotSupportedException();

        public override TrialStatus StatusOf(TrialId id) => resting[id.Number] ? TrialStatus.Paused : TrialStatus.Pending;

        public override int CountOf(TrialStatus status) => throw new NotSupportedException();
    }
}
