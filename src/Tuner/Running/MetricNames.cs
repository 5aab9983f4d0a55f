namespace Tuning.Running;

/// <summary>The names of metrics in the order in which the journal first mentions them: written once, referred to by number.</summary>
/// <remarks>Used by one thread.</remarks>
internal sealed class MetricNames
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _names.Count;

    /// <summary>A name by number.</summary>
    public string this[int number] => _names[number];

    /// <summary>The number of a name; a new name gets the next one.</summary>
    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            Add(name);
        }

        return number;
    }

    /// <summary>Adds a name that the journal mentions.</summary>
    public void Add(string name)
    {
        _numbers[name] = _names.Count;
        _names.Add(name);
    }
}
