using Google.Protobuf.WellKnownTypes;
using Tuning.Loggers.TensorBoard.Messages;
using Tuning.Spaces;

namespace Tuning.Loggers.TensorBoard;

/// <summary>Which parameters an experiment has, of which type, and from which range: the columns and filters of the HPARAMS tab.</summary>
internal static class HyperparameterInfos
{
    /// <summary>All parameters by name: those of the space, and those that only a trial's configuration shows, such as computed ones.</summary>
    /// <param name="domains">The search space.</param>
    /// <param name="parameters">A trial's values.</param>
    public static IReadOnlyCollection<HParamInfo> Of(IReadOnlyList<KeyValuePair<string, Domain>> domains, IReadOnlyDictionary<string, Value> parameters)
    {
        var infos = new SortedDictionary<string, HParamInfo>(StringComparer.Ordinal);
        foreach (var (path, domain) in domains)
        {
            switch (domain)
            {
                case RealDomain real:
                    infos[path] = Interval(path, real.Lower, real.Upper);
                    break;
                case IntegerDomain whole:
                    infos[path] = Interval(path, whole.Lower, whole.Upper);
                    break;
                case NormalDomain:
                    infos[path] = new HParamInfo { Name = path, Type = DataType.Float64 };
                    break;
                case ListDomain list:
                    Discrete(path, list.Values, infos);
                    break;
            }
        }

        foreach (var (name, value) in parameters)
        {
            infos.TryAdd(name, new HParamInfo { Name = name, Type = TypeOf(value) });
        }

        return infos.Values;
    }

    private static HParamInfo Interval(string path, double lower, double upper) =>
        new() { Name = path, Type = DataType.Float64, DomainInterval = new() { MinValue = lower, MaxValue = upper } };

    // The values of a choice may be maps with parameters of their own, and may hold further domains, of which only the trial knows what they gave.
    private static void Discrete(string path, IReadOnlyList<object?> values, SortedDictionary<string, HParamInfo> infos)
    {
        var found = new Dictionary<string, List<Value>>();
        foreach (var value in values)
        {
            if (SearchSpace.FromTree(ParameterSet.Empty.With("value", value)).Domains.Count > 0)
            {
                return;
            }

            var leaves = new SortedDictionary<string, Value>(StringComparer.Ordinal);
            Hyperparameters.Flatten(path, value, leaves);
            foreach (var (name, leaf) in leaves)
            {
                if (!found.TryGetValue(name, out var known))
                {
                    found.Add(name, known = []);
                }

                if (!known.Contains(leaf))
                {
                    known.Add(leaf);
                }
            }
        }

        foreach (var (name, known) in found)
        {
            var types = known.Select(TypeOf).Distinct().ToArray();
            var info = new HParamInfo { Name = name, Type = types is [var one] ? one : DataType.String, DomainDiscrete = new() };
            info.DomainDiscrete.Values.AddRange(known);
            infos[name] = info;
        }
    }

    private static DataType TypeOf(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.BoolValue => DataType.Bool,
        Value.KindOneofCase.NumberValue => DataType.Float64,
        _ => DataType.String,
    };
}
