using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using Mono.Cecil;
using Mono.Cecil.Cil;
using ICustomAttributeProvider = Mono.Cecil.ICustomAttributeProvider;
using GenericParameter = Mono.Cecil.GenericParameter;
using MethodDefinition = Mono.Cecil.MethodDefinition;
using TypeDefinition = Mono.Cecil.TypeDefinition;
using TypeReference = Mono.Cecil.TypeReference;
using TypeSpecification = Mono.Cecil.TypeSpecification;

namespace Tuning.Tests.Architecture;

/// <summary>
/// A project as it was compiled: its types, the source files that each stands in, and the types that each mentions in signatures, fields, attributes and IL.
/// What is nested, and what
/// the compiler adds for lambdas and iterators, counts as the type around it.
/// </summary>
internal sealed class CompiledSources
{
    private static readonly Guid _typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly Dictionary<TypeDefinition, SortedSet<string>> _files = [];

    public CompiledSources(string project, System.Reflection.Assembly assembly)
    {
        Project = project;
        var module = Mono.Cecil.ModuleDefinition.ReadModule(assembly.Location);
        using var stream = File.OpenRead(Path.ChangeExtension(assembly.Location, ".pdb"));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
        var symbols = provider.GetMetadataReader();
        foreach (var type in module.GetTypes())
        {
            var files = FilesOf(type, symbols).Select(Relative).OfType<string>();
            var outer = Outermost(type);
            if (!_files.TryGetValue(outer, out var known))
            {
                _files[outer] = known = new(StringComparer.Ordinal);
            }

            known.UnionWith(files);
        }

        // What generators write, and the compiler for itself, stands in no file of ours.
        foreach (var generated in _files.Where(f => f.Value.Count == 0).Select(f => f.Key).ToList())
        {
            _files.Remove(generated);
        }
    }

    /// <summary>The project's folder: <c>src/Tuner</c>.</summary>
    public string Project { get; }

    /// <summary>Every type that stands in a source file, with its files relative to the project.</summary>
    public IReadOnlyDictionary<TypeDefinition, SortedSet<string>> Files => _files;

    /// <summary>The project's folders that a type stands in; empty for the project's own.</summary>
    public IEnumerable<string> Folders(TypeDefinition type) => _files[type].Select(f => f[..Math.Max(0, f.IndexOf('/', StringComparison.Ordinal))]).Distinct();

    /// <summary>The types that a type mentions, each once; those of the project itself are definitions.</summary>
    public static IEnumerable<TypeReference> Mentions(TypeDefinition type) =>
        new HashSet<TypeReference>(Everything(type).SelectMany(Parts).Select(Outer), new ByName());

    /// <summary>The methods that a type calls, what is nested in it included.</summary>
    public static IEnumerable<MethodReference> Calls(TypeDefinition type) => type.Methods.Where(m => m.HasBody)
        .SelectMany(m => m.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>()).Concat(type.NestedTypes.SelectMany(Calls));

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static TypeReference Outer(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    private static IEnumerable<string> FilesOf(TypeDefinition type, MetadataReader symbols)
    {
        foreach (var method in type.Methods)
        {
            var information = symbols.GetMethodDebugInformation(MetadataTokens.MethodDebugInformationHandle((int)method.MetadataToken.RID));
            var document = information.Document.IsNil ? information.GetSequencePoints().Select(p => p.Document).FirstOrDefault(d => !d.IsNil)
                : information.Document;
            if (!document.IsNil)
            {
                yield return symbols.GetString(symbols.GetDocument(document).Name);
            }
        }

        foreach (var handle in symbols.GetCustomDebugInformation(MetadataTokens.TypeDefinitionHandle((int)type.MetadataToken.RID)))
        {
            var information = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(information.Kind) == _typeDocuments)
            {
                var blob = symbols.GetBlobReader(information.Value);
                while (blob.RemainingBytes > 0)
                {
                    yield return symbols.GetString(symbols.GetDocument(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger())).Name);
                }
            }
        }
    }

    private string? Relative(string file)
    {
        file = file.Replace('\\', '/');
        var at = file.LastIndexOf($"/{Project}/", StringComparison.Ordinal);
        return at < 0 || file.Contains("/obj/", StringComparison.Ordinal) ? null : file[(at + Project.Length + 2)..];
    }

    private static IEnumerable<TypeReference?> Everything(TypeDefinition type)
    {
        IEnumerable<TypeReference?> own =
        [
            type.BaseType, .. type.Interfaces.Select(i => i.InterfaceType), .. Attributes(type), .. Constraints(type),
                .. type.Fields.SelectMany(f => Attributes(f).Append(f.FieldType)), .. type.Properties.SelectMany(Attributes),
        ];
        return own.Concat(type.Methods.SelectMany(OfMethod)).Concat(type.NestedTypes.SelectMany(Everything));
    }

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature =
            [method.ReturnType, .. method.Parameters.SelectMany(p => Attributes(p).Append(p.ParameterType)), .. Attributes(method), .. Constraints(method)];
        return method.HasBody ? signature.Concat(method.Body.Variables.Select(v => v.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(h => h.CatchType)).Concat(method.Body.Instructions.SelectMany(OfInstruction)) : signature;
    }

    private static IEnumerable<TypeReference?> OfInstruction(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(p => p.ParameterType),
            .. method is GenericInstanceMethod generic ? generic.GenericArguments : []],
        _ => [],
    };

    private static IEnumerable<TypeReference?> Attributes(ICustomAttributeProvider member) => member.CustomAttributes
        .SelectMany(a => a.ConstructorArguments.Concat(a.Properties.Select(p => p.Argument)).Select(v => v.Value as TypeReference).Append(a.AttributeType));

    private static IEnumerable<TypeReference?> Constraints(IGenericParameterProvider member) =>
        member.GenericParameters.SelectMany(p => p.Constraints).Select(c => c.ConstraintType);

    // A list of things is a list and a thing.
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        FunctionPointerType pointer => pointer.Parameters.Select(p => p.ParameterType).Append(pointer.ReturnType).SelectMany(Parts),
        RequiredModifierType modified => Parts(modified.ElementType),
        TypeSpecification part => Parts(part.ElementType),
        _ => [type],
    };

    private sealed class ByName : IEqualityComparer<TypeReference>
    {
        public bool Equals(TypeReference? x, TypeReference? y) => x?.FullName == y?.FullName;

        public int GetHashCode(TypeReference type) => type.FullName.GetHashCode(StringComparison.Ordinal);
    }
}
