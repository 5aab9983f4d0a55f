using System.Reflection;
using Tuning.Numerics;

namespace Tuning.Tests.Learning;

/// <summary>
/// Finds every <see cref="FloatBuffer"/> that an object reaches, and puts numbers around each that nobody may overwrite: the room that aligning an array leaves
/// before and behind it.
/// </summary>
internal sealed class Canaries
{
    private const float Canary = -1.2345678e33f;
    private static readonly FieldInfo _array = Field("_array"), _offset = Field("_offset");
    private readonly List<(string Path, Memory<float> Room)> _rooms = [];

    public Canaries(params object[] roots)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var root in roots)
        {
            Visit(root, root.GetType().Name, seen);
        }

        foreach (var (_, room) in _rooms)
        {
            room.Span.Fill(Canary);
        }
    }

    public int Count => _rooms.Count;

    /// <summary>The paths to buffers that were written beyond.</summary>
    public IReadOnlyList<string> Dead() => [.. _rooms.Where(r => r.Room.Span.ContainsAnyExcept(Canary)).Select(r => r.Path)];

    private void Visit(object value, string path, HashSet<object> seen)
    {
        var type = value.GetType();
        if (type.IsPrimitive || value is string or Delegate or Thread or Pointer || !seen.Add(value))
        {
            return;
        }

        if (value is FloatBuffer buffer)
        {
            var (array, offset) = ((float[])_array.GetValue(buffer)!, (int)_offset.GetValue(buffer)!);
            _rooms.Add(($"{path} before", array.AsMemory(0, offset)));
            _rooms.Add(($"{path} behind", array.AsMemory(offset + buffer.Length)));
        }
        else if (value is Array elements)
        {
            for (var i = 0; elements.Rank == 1 && !type.GetElementType()!.IsPrimitive && i < elements.Length; i++)
            {
                Go(elements.GetValue(i), $"{path}[{i}]", seen);
            }
        }
        else if (type.Namespace?.StartsWith("Tuning", StringComparison.Ordinal) == true
            || type.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true)
        {
            for (var t = type; t is not null; t = t.BaseType)
            {
                foreach (var field in t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (!field.FieldType.IsPointer && !field.FieldType.IsPrimitive)
                    {
                        Go(field.GetValue(value), $"{path}.{field.Name}", seen);
                    }
                }
            }
        }
    }

    private void Go(object? value, string path, HashSet<object> seen)
    {
        if (value is not null)
        {
            Visit(value, path, seen);
        }
    }

    private static FieldInfo Field(string name) => typeof(FloatBuffer).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}
