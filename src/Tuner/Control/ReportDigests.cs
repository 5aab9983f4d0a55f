namespace Tuning.Control;

/// <summary>Digests of a trial's reports since its restore point: what it repeats when it starts again. Eight bytes each.</summary>
internal sealed class ReportDigests
{
    private ulong[] _digests = [];
    private int _count;

    /// <summary>The report before the first digest.</summary>
    public int Follows { get; private set; }

    /// <summary>Takes the digest of the next report.</summary>
    public void Add(ulong digest)
    {
        if (_count == _digests.Length)
        {
            Array.Resize(ref _digests, Math.Max(4, _count * 2));
        }

        _digests[_count++] = digest;
    }

    /// <summary>Forgets the digests up to a report.</summary>
    public void Forget(int throughReport)
    {
        var drop = Math.Clamp(throughReport - Follows, 0, _count);
        Array.Copy(_digests, drop, _digests, 0, _count - drop);
        _count -= drop;
        Follows = throughReport;
    }

    /// <summary>The digests of all reports after <see cref="Follows"/>.</summary>
    public ImmutableArray<ulong> ToImmutable() => [.. _digests.AsSpan(0, _count)];
}
