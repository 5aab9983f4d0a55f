using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace Tuning.Values;

/// <summary>
/// The members of an enumeration as files write them: in snake_case, or as <see cref="JsonStringEnumMemberNameAttribute"/> says. Their names in C# are
/// read too. Of members with one value the first is written. Thread-safe.
/// </summary>
internal sealed class EnumWords
{
    private static readonly ConcurrentDictionary<Type, EnumWords> _all = new();
    private readonly FrozenDictionary<string, object> _values;
    private readonly FrozenDictionary<object, string> _words;

    private EnumWords(Type type)
    {
        var members = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (f.Name, Word: f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(f.Name),
                Value: f.GetValue(null)!)).ToList();
        All = [.. members.Select(m => m.Word)];
        _words = members.DistinctBy(m => m.Value).ToFrozenDictionary(m => m.Value, m => m.Word);
        var foreign = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .SelectMany(f => f.GetCustomAttributes<AlsoWrittenAttribute>().Select(a => KeyValuePair.Create(a.Word, f.GetValue(null)!)));
        _values = members.Select(m => KeyValuePair.Create(m.Word, m.Value)).Concat(members.Select(m => KeyValuePair.Create(m.Name, m.Value))).Concat(foreign)
            .DistinctBy(m => m.Key, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All words, in the order of declaration.</summary>
    public ImmutableArray<string> All { get; }

    /// <summary>Those of an enumeration.</summary>
    public static EnumWords Of(Type type) => _all.GetOrAdd(type, t => new(t));

    /// <summary>The word of a member; a value that has none is its number.</summary>
    public static string Word(Enum value) => Of(value.GetType())._words.GetValueOrDefault(value) ?? value.ToString("D");

    /// <summary>The member that a text means, in any case; null for none.</summary>
    public object? Find(string text) => _values.GetValueOrDefault(text);
}

/// <summary>What others call a member of an enumeration: read, and never written.</summary>
/// <param name="word">The word.</param>
[AttributeUsage(AttributeTargets.Field, AllowMultiple = true)]
internal sealed class AlsoWrittenAttribute(string word) : Attribute
{
    /// <summary>The word.</summary>
    public string Word => word;
}

/// <summary>Reads and writes enumerations by <see cref="EnumWords"/>; a number is none.</summary>
internal sealed class EnumWordConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(EnumWordConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class EnumWordConverter<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly EnumWords _words = EnumWords.Of(typeof(T));

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && _words.Find(reader.GetString()!) is T value ? value
                : throw new JsonException($"{TypeText.Of(typeof(T))} is expected.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(EnumWords.Word(value));

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            _words.Find(reader.GetString()!) is T value ? value : throw new JsonException($"{TypeText.Of(typeof(T))} is expected as a name.");

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(EnumWords.Word(value));
    }
}
