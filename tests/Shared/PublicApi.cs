using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tuning.Testing;

/// <summary>What an assembly offers to others, as text: one line per member, sorted, so that a change is a change of lines.</summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The public types of an assembly with their public and protected members.</summary>
    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Declaration(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Declaration(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return $"delegate {Signature(type.GetMethod("Invoke")!, Full(type))}";
        }

        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : (type.IsValueType ? "" : type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed "
                : "")
                + (type.GetMethod("PrintMembers", Declared) is null ? "" : "record ") + (type.IsValueType ? "struct" : "class");
        var parents = new List<string>();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object))
        {
            parents.Add(Name(parent));
        }

        parents.AddRange(type.GetInterfaces()
            .Except(type.BaseType?.GetInterfaces() ?? [])
            .Where(i => i.IsPublic && !type.IsEnum && i != typeof(IEquatable<>)
                .MakeGenericType(type is { ContainsGenericParameters: true } ? typeof(object) : type))
            .Select(Name)
            .Where(n => !n.StartsWith("IEquatable<", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
        return $"{kind} {Full(type)}{(parents.Count > 0 ? " : " + string.Join(", ", parents) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => string.Create(CultureInfo.InvariantCulture,
                    $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}"));
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [];
        }

        return
        [
            .. type.GetConstructors(Declared).Where(Visible).Where(c => !Generated(c)).Select(c => $"{Modifiers(c)}new({Parameters(c)})"),
            .. type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly)
                .Select(f => $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{(f.IsInitOnly ? "readonly " : "")}{Name(f.FieldType)} " +
                $"{f.Name}{(f.IsLiteral ? " = " + f.GetRawConstantValue() : "")}"),
            .. type.GetProperties(Declared).Select(Property).OfType<string>(),
            .. type.GetEvents(Declared).Where(e => Visible(e.AddMethod!)).Select(e => $"{Modifiers(e.AddMethod!)}event {Name(e.EventHandlerType!)} {e.Name}"),
            .. type.GetMethods(Declared)
                .Where(m => Visible(m) && !Generated(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)))
                .Select(m => Modifiers(m) + Signature(m, m.Name + Generics(m.IsGenericMethod ? m.GetGenericArguments() : []))),
        ];
    }

    private static string? Property(PropertyInfo property)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(Visible).ToList();
        if (accessors.Count == 0 || property.Name == "EqualityContract")
        {
            return null;
        }

        var name = property.GetIndexParameters() is { Length: > 0 } index
            ? $"this[{string.Join(", ", index.Select(p => $"{Name(p.ParameterType)} {p.Name}"))}]" : property.Name;
        var setter = property.SetMethod is { } set && Visible(set)
            ? (set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;")
            : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Modifiers(accessors[0])}{required}{Name(property.PropertyType)} {name} " +
            $"{{{(property.GetMethod is { } get && Visible(get) ? " get;" : "")}{setter} }}";
    }

    private static string Signature(MethodInfo method, string name) => $"{Name(method.ReturnType)} {name}({Parameters(method)})";

    private static string Parameters(MethodBase method)
    {
        var extends = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select((p, i) =>
            (extends && i == 0 ? "this " : p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef
                ? "ref " : "")
            + $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + Default(p) : "")}"));
    }

    private static string Default(ParameterInfo parameter) => parameter.DefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Modifiers(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "")
        + (method.IsStatic ? "static " : method.DeclaringType!.IsInterface ? (method.IsAbstract ? "" : "virtual ")
            : method is MethodInfo info && info.GetBaseDefinition() != info ? (method.IsFinal ? "sealed override " : "override ")
            : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What the compiler writes for every record and async method is no news.
    private static bool Generated(MethodBase method) => method.IsDefined(typeof(CompilerGeneratedAttribute))
        || (method is ConstructorInfo && method.GetParameters() is [var only] && only.ParameterType == method.DeclaringType
            && method.DeclaringType!.GetMethod("<Clone>$") is not null);

    private static string Full(Type type) => (type.DeclaringType is { } outer ? Full(outer) + "." : type.Namespace + ".")
        + Bare(type) + Generics(type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToArray());

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Name(value) + "?";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => Nested(type),
            TypeCode.Boolean => "bool",
            TypeCode.Byte => "byte",
            TypeCode.Char => "char",
            TypeCode.Double => "double",
            TypeCode.Single => "float",
            TypeCode.Int32 => "int",
            TypeCode.Int64 => "long",
            TypeCode.UInt32 => "uint",
            TypeCode.UInt64 => "ulong",
            TypeCode.String => "string",
            _ when type == typeof(void) => "void",
            _ when type == typeof(object) => "object",
            _ => Nested(type),
        };
    }

    private static string Nested(Type type) => (type.IsNested ? Nested(type.DeclaringType!) + "." : "")
        + Bare(type) + Generics(type.GetGenericArguments().Skip(type.DeclaringType?.GetGenericArguments().Length ?? 0).ToArray());

    private static string Bare(Type type) => type.Name.Split('`')[0];

    private static string Generics(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";
}
