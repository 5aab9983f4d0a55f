using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Tuning.Values;

/// <summary>One option: a property with its attributes.</summary>
internal sealed class Option
{
    private readonly JsonPropertyInfo _property;
    private readonly IValueForm? _form;
    private readonly Lazy<OptionSchema?> _group;

    internal Option(JsonPropertyInfo property, JsonSerializerOptions json)
    {
        _property = property;
        var own = property.CustomConverter;
        Json = own is null ? json : new(json) { Converters = { own } };
        _form = (own ?? json.GetConverter(Type)) as IValueForm;
        Rules = [.. property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>() ?? []];
        AllowsNull = Type.IsValueType ? Nullable.GetUnderlyingType(Type) is not null : property.AssociatedParameter?.IsNullable ?? property.IsSetNullable;
        _group = new(() => _form is null && json.GetTypeInfo(Type).Kind == JsonTypeInfoKind.Object ? OptionSchema.Of(Type, json) : null);
    }

    /// <summary>Its name in files.</summary>
    public string Name => _property.Name;

    /// <summary>Its type.</summary>
    public Type Type => _property.PropertyType;

    /// <summary>The type of the items of a list; null for another type.</summary>
    public Type? ItemType => Type.IsGenericType && Type.GetGenericArguments() is [var item]
        && typeof(IEnumerable<>).MakeGenericType(item).IsAssignableFrom(Type) ? item : null;

    /// <summary>The class whose property it is.</summary>
    public Type? DeclaredBy => (_property.AttributeProvider as MemberInfo)?.DeclaringType;

    /// <summary>Whether it must be given.</summary>
    public bool IsRequired => _property.IsRequired;

    /// <summary>Whether it may be null.</summary>
    public bool AllowsNull { get; }

    /// <summary>What it may be beyond its type.</summary>
    public ValidationAttribute[] Rules { get; }

    /// <summary>The options that stand below it; null for a value.</summary>
    public OptionSchema? Group => _group.Value;

    /// <summary>How it is read.</summary>
    public JsonSerializerOptions Json { get; }

    /// <summary>The property itself.</summary>
    public MemberInfo? Member => _property.AttributeProvider as MemberInfo;

    /// <summary>What a value looks like: <c>a whole number, or null</c>.</summary>
    public string Words => _form?.Form ?? TypeText.Of(Type, Json) + (AllowsNull && !Type.IsValueType ? ", or null" : "");

    /// <summary>Its value in an object.</summary>
    public object? Get(object owner) => _property.Get?.Invoke(owner);

    /// <summary>Whether it is an enumeration, which in C# may have a value that it does not define.</summary>
    public bool IsEnum => (Nullable.GetUnderlyingType(Type) ?? Type).IsEnum;

    /// <summary>What is said of a value that breaks a rule; null for one that keeps all.</summary>
    public string? Broken(object? value)
    {
        if (IsEnum && value is not null && !Enum.IsDefined(value.GetType(), value))
        {
            return Invariant($"is {value}; it must be {TypeText.Of(Type)}.");
        }

        if (Array.Find(Rules, r => !r.IsValid(value)) is not { } rule)
        {
            return null;
        }

        var shown = TypeText.Show(value is double ? value : ParameterSet.ValueFromJson(JsonSerializer.SerializeToElement(value, Type, Json)));
        if (TypeText.Rule(rule) is not { } words)
        {
            return $"is {shown}: {rule.FormatErrorMessage(Name)}";
        }

        var orNull = AllowsNull && rule is not NumberRuleAttribute { Because: not null } ? ", or null" : "";
        var near = rule is OneOfAttribute { Values.Count: > 1 } texts && value is string text && NearestName.Of(text, texts.Values) is { } name
            ? $" Did you mean '{name}'?" : "";
        return $"is {shown}; {(ItemType is null ? "it" : "each")} must be " +
            $"{words}{orNull}{(value is double.PositiveInfinity or double.NegativeInfinity ? ", and finite" : "")}.{near}";
    }

    /// <summary>What is said of a value that cannot be read.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">The type, or that of an item.</param>
    /// <param name="noun">What the option is called; a parameter may be computed.</param>
    public string Wrong(object? value, Type type, string noun)
    {
        var shown = TypeText.Show(value);
        if (value is not null && type == Type && _form is not null && Explained(value) is { } own)
        {
            return $"is {shown}; {own}";
        }

        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var isWhole = !plain.IsEnum && Type.GetTypeCode(plain) is >= TypeCode.SByte and <= TypeCode.UInt64;
        var size = isWhole && plain == typeof(int) && value is long or double && Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number
            && Math.Floor(number).Equals(number)
            ? number > 0 ? Invariant($" of at most {int.MaxValue:#,0}") : Invariant($" of at least {int.MinValue:#,0}") : "";
        if (size.Length > 0 && type == Type && TypeText.Rule(Array.Find(Rules, r => r is NumberRuleAttribute { IsBounded: true })) is { } range)
        {
            return $"is {shown}; it must be {range}{(AllowsNull ? ", or null" : "")}.";
        }

        var hint = value switch
        {
            string text when plain.IsEnum && NearestName.Of(text, EnumWords.Of(plain).All) is { } near => $" Did you mean '{near}'?",
            string text when (isWhole || Type.GetTypeCode(plain) is TypeCode.Single or TypeCode.Double or TypeCode.Decimal)
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => " Leave the quotes away.",
            double when isWhole && size.Length == 0 && noun == "parameter" => " Use int(…), round(…) or // where it is computed.",
            _ => "",
        };
        return $"is {shown}; it must be {(size.Length > 0 ? "a whole number" + size : type == Type ? Words : TypeText.Of(type, Json))}.{hint}";
    }

    // Converters of their own say what is wrong with a map or a list, or what it must be.
    private string? Explained(object value)
    {
        try
        {
            JsonSerializer.Deserialize(ConfigurationBinder.ToJson(value), Type, Json);
            return null;
        }
        catch (JsonException e)
        {
            return value is ParameterSet or ParameterList || e.Message.StartsWith("it must be", StringComparison.OrdinalIgnoreCase)
                ? OptionSchema.Clean(e.Message) : null;
        }
    }
}
