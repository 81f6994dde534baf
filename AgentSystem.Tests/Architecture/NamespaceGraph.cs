using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace AgentSystem.Tests.Architecture;

/// <summary>Which namespace of an assembly uses which other one, read from its metadata and code.</summary>
internal sealed class NamespaceGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> _edges = [];

    internal static NamespaceGraph Read(string path)
    {
        using var module = ModuleDefinition.ReadModule(path);
        var graph = new NamespaceGraph();
        foreach (var type in module.GetAllTypes().Where(t => !IsGenerated(t)))
            foreach (var used in UsedTypes(type).SelectMany(Flatten).Where(t => t.Scope == module || t.Scope is null))
                graph.Add(Namespace(type), Namespace(used), $"{type.FullName} uses {used.FullName}");
        return graph;
    }

    /// <summary>Every cycle's namespaces with one example per edge; empty when there is none.</summary>
    internal IEnumerable<string> Cycles() =>
        from a in _edges.Keys.Order(StringComparer.Ordinal)
        from b in _edges[a].Keys
        where string.CompareOrdinal(a, b) < 0 && Reaches(b, a, [])
        select $"{a} <-> {b}: {_edges[a][b]}";

    private bool Reaches(string from, string to, HashSet<string> seen) =>
        _edges.TryGetValue(from, out var next) && seen.Add(from) && (next.ContainsKey(to) || next.Keys.Any(n => Reaches(n, to, seen)));

    private void Add(string from, string to, string example)
    {
        if (from.Length == 0 || to.Length == 0 || from == to)
            return;
        if (!_edges.TryGetValue(from, out var targets))
            _edges[from] = targets = [];
        targets.TryAdd(to, example);
    }

    // What a source generator writes beside our code (serializers, interceptors) is not a decision of ours.
    private static bool IsGenerated(TypeDefinition type) =>
        type.Namespace.StartsWith("System", StringComparison.Ordinal) || type.Namespace.StartsWith("Microsoft", StringComparison.Ordinal);

    private static string Namespace(TypeReference type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.Namespace;
    }

    private static IEnumerable<TypeReference> Flatten(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => Flatten(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Flatten)),
        TypeSpecification specification => Flatten(specification.ElementType),
        _ => [type],
    };

    private static IEnumerable<TypeReference?> UsedTypes(TypeDefinition type)
    {
        yield return type.BaseType;
        foreach (var i in type.Interfaces)
            yield return i.InterfaceType;
        foreach (var field in type.Fields)
            yield return field.FieldType;
        foreach (var method in type.Methods)
        {
            yield return method.ReturnType;
            foreach (var parameter in method.Parameters)
                yield return parameter.ParameterType;
            if (!method.HasBody)
                continue;
            foreach (var variable in method.Body.Variables)
                yield return variable.VariableType;
            foreach (var operand in method.Body.Instructions.Select(i => i.Operand))
            {
                switch (operand)
                {
                    case TypeReference reference:
                        yield return reference;
                        break;
                    case MemberReference member:
                        yield return member.DeclaringType;
                        break;
                }
            }
        }
    }
}
