using System.Runtime.InteropServices;

namespace Tuning.Schedulers;

/// <summary>
/// Scores in order, each of a trial: adding, removing, the k-th, and the place of one in O(log n) on average. Worst first; of equal scores
/// the younger trial is the worse one.
/// </summary>
/// <remarks>
/// A treap (Seidel and Aragon, "Randomized search trees", Algorithmica 1996) in one array; each node counts its left subtree. Priorities are
/// a mix of a counter: the same calls make the same tree. NaN is not allowed. Used by one thread.
/// </remarks>
internal sealed class OrderedScores
{
    // Node 0 stands for none.
    private Node[] _nodes = new Node[8];
    private int _root;
    private int _used = 1;
    private int _free;
    private uint _drawn;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a score.</summary>
    public void Add(double score, int trial)
    {
        var node = Take(score, trial);
        var nodes = _nodes;
        var (parent, isLeft, at) = (0, false, _root);
        while (at != 0 && nodes[at].Priority >= nodes[node].Priority)
        {
            parent = at;
            isLeft = IsBefore(score, trial, in nodes[at]);
            nodes[at].LeftCount += isLeft ? 1 : 0;
            at = isLeft ? nodes[at].Left : nodes[at].Right;
        }

        nodes[node].LeftCount = Split(at, score, trial, out nodes[node].Left, out nodes[node].Right);
        Link(parent, isLeft, node);
        Count++;
    }

    /// <summary>Removes a score; false when it is not there.</summary>
    public bool Remove(double score, int trial)
    {
        if (!Contains(score, trial))
        {
            return false;
        }

        var nodes = _nodes;
        var (parent, isLeft, at) = (0, false, _root);
        while (!IsAt(score, trial, in nodes[at]))
        {
            parent = at;
            isLeft = IsBefore(score, trial, in nodes[at]);
            nodes[at].LeftCount -= isLeft ? 1 : 0;
            at = isLeft ? nodes[at].Left : nodes[at].Right;
        }

        Link(parent, isLeft, Merge(nodes[at].Left, nodes[at].LeftCount, nodes[at].Right));
        nodes[at].Left = _free;
        _free = at;
        Count--;
        return true;
    }

    /// <summary>Whether a trial's score is there.</summary>
    public bool Contains(double score, int trial)
    {
        var at = _root;
        while (at != 0)
        {
            ref readonly var node = ref _nodes[at];
            if (IsAt(score, trial, in node))
            {
                return true;
            }

            at = IsBefore(score, trial, in node) ? node.Left : node.Right;
        }

        return false;
    }

    /// <summary>How many come before a trial's score, which itself need not be there.</summary>
    public int CountBefore(double score, int trial)
    {
        var (count, at) = (0, _root);
        while (at != 0)
        {
            ref readonly var node = ref _nodes[at];
            if (!IsBefore(score, trial, in node) && !IsAt(score, trial, in node))
            {
                count += node.LeftCount + 1;
                at = node.Right;
            }
            else
            {
                at = node.Left;
            }
        }

        return count;
    }

    /// <summary>The score at a place and whose it is; 0 is the worst.</summary>
    public (double Score, int Trial) At(int place)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Count);
        var at = _root;
        while (true)
        {
            ref readonly var node = ref _nodes[at];
            if (place == node.LeftCount)
            {
                return (node.Score, node.Trial);
            }

            if (place < node.LeftCount)
            {
                at = node.Left;
            }
            else
            {
                place -= node.LeftCount + 1;
                at = node.Right;
            }
        }
    }

    private static bool IsBefore(double score, int trial, in Node node) => score < node.Score || (score == node.Score && trial > node.Trial);

    private static bool IsAt(double score, int trial, in Node node) => score == node.Score && trial == node.Trial;

    // Parts a subtree at a key; returns how many are before it.
    private int Split(int at, double score, int trial, out int before, out int after)
    {
        if (at == 0)
        {
            (before, after) = (0, 0);
            return 0;
        }

        ref var node = ref _nodes[at];
        if (IsBefore(score, trial, in node))
        {
            after = at;
            var moved = Split(node.Left, score, trial, out before, out var rest);
            node.Left = rest;
            node.LeftCount -= moved;
            return moved;
        }

        before = at;
        var more = Split(node.Right, score, trial, out var right, out after);
        node.Right = right;
        return node.LeftCount + 1 + more;
    }

    private int Merge(int left, int leftCount, int right)
    {
        if (left == 0 || right == 0)
        {
            return left == 0 ? right : left;
        }

        ref var first = ref _nodes[left];
        ref var second = ref _nodes[right];
        if (first.Priority >= second.Priority)
        {
            first.Right = Merge(first.Right, leftCount - first.LeftCount - 1, right);
            return left;
        }

        second.Left = Merge(left, leftCount, second.Left);
        second.LeftCount += leftCount;
        return right;
    }

    private void Link(int parent, bool isLeft, int node)
    {
        if (parent == 0)
        {
            _root = node;
        }
        else if (isLeft)
        {
            _nodes[parent].Left = node;
        }
        else
        {
            _nodes[parent].Right = node;
        }
    }

    private int Take(double score, int trial)
    {
        var node = _free;
        if (node != 0)
        {
            _free = _nodes[node].Left;
        }
        else
        {
            node = _used++;
            if (node == _nodes.Length)
            {
                Array.Resize(ref _nodes, node * 2);
            }
        }

        _nodes[node] = new() { Score = score, Trial = trial, Priority = Mix(_drawn++) };
        return node;
    }

    // A one-to-one mix of 32 bits (Mueller's constants).
    private static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * 0x45d9f3b;
        x = (x ^ (x >> 16)) * 0x45d9f3b;
        return x ^ (x >> 16);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Node
    {
        public double Score;
        public int Trial;
        public int Left;
        public int Right;
        public int LeftCount;
        public uint Priority;
    }
}
