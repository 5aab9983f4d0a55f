namespace Tuning.Spaces;

/// <summary>Checks that a property can hold whatever a domain gives.</summary>
internal static class PropertyFit
{
    /// <exception cref="ArgumentException">It cannot; the message names path, type and value.</exception>
    public static void Check(string path, Domain domain, Type type)
    {
        switch (domain)
        {
            case RealDomain real:
                Numbers(path, domain, type, [real.Lower, real.Upper], whole: false);
                break;
            case NormalDomain normal:
                Numbers(path, domain, type, [normal.Mean], whole: false);
                break;
            case IntegerDomain integer:
                Numbers(path, domain, type, [integer.Lower, integer.Upper], whole: true);
                break;
            case ListDomain list:
                Nodes(path, list.Nodes, type);
                break;
            default:
                // The type of a computed value is known only when it is computed.
                break;
        }
    }

    private static void Nodes(string path, IEnumerable<SpaceNode> nodes, Type type)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case DomainNode { Domain: var inner }:
                    Check(path, inner, type);
                    break;
                case ConstantNode { Value: var value }:
                    Value(path, value, type);
                    break;
                default:
                    // A map or list with domains inside: only its members' values could be checked, one by one, when drawn.
                    break;
            }
        }
    }

    private static void Numbers(string path, Domain domain, Type type, object[] samples, bool whole)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var code = plain.IsEnum ? TypeCode.Object : Type.GetTypeCode(plain);
        if (plain == typeof(object))
        {
            return;
        }

        var isReal = code is TypeCode.Single or TypeCode.Double or TypeCode.Decimal;
        var isWhole = code is >= TypeCode.SByte and <= TypeCode.UInt64;

        // A type with a form of its own, such as a schedule, says itself what it can be read from.
        var isOwn = code == TypeCode.Object && !plain.IsEnum;
        if (!isReal && !(whole && isWhole) && !isOwn)
        {
            throw new ArgumentException($"'{path}' is {Article(plain)}, but its domain gives {domain}"
                + (isWhole ? "; use RandInt, QRandInt or their log twins." : "; use Choice for values of this type."));
        }

        foreach (var sample in samples)
        {
            Value(path, sample, type);
        }
    }

    private static void Value(string path, object? value, Type type)
    {
        try
        {
            if (value is null && type.IsValueType && Nullable.GetUnderlyingType(type) is null)
            {
                throw new InvalidOperationException($"The parameter '{path}' is null, which cannot be read as {type.Name}.");
            }

            ConfigurationBinder.Convert(value, path, type);
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException(e.Message, e);
        }
    }

    private static string Article(Type type) => type.Name is [var first, ..] && "AEIOU".Contains(first, StringComparison.Ordinal) ? "an " + type.Name
        : "a " + type.Name;
}
