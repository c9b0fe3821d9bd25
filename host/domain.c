/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "domain.h"

#include <string.h>

#include <gio/gio.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#define NOVA_PREFIX "http://openstack.org/xmlns/libvirt/nova/"
#define SPEC_PREFIX "osvdi:"
#define MAX_SPECS 128

static bool fail(GError **error, const char *text)
{
	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, text);
	return false;
}

/* libvirt's elements are in no name space; Nova's in one with a version, which
 * went from 1.0 to 1.1 without a change of what is read here. */
static bool is_nova(const xmlNode *node)
{
	return node->ns && node->ns->href &&
			g_str_has_prefix((const char *)node->ns->href, NOVA_PREFIX);
}

static xmlNode *child(xmlNode *parent, const char *name, bool nova)
{
	for (xmlNode *node = parent ? parent->children : NULL; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE && !strcmp((const char *)node->name, name) &&
				(nova ? is_nova(node) : !node->ns))
			return node;
	return NULL;
}

static char *take(xmlChar *text)
{
	char *copy = g_strdup((const char *)text);

	xmlFree(text);
	return copy;
}

static char *attribute(xmlNode *node, const char *name)
{
	return take(xmlGetNoNsProp(node, (const xmlChar *)name));
}

/* The UUID becomes part of a file's name, so nothing else may pass. */
static bool read_uuid(struct domain *domain, xmlNode *node)
{
	g_autofree char *text = node ? take(xmlNodeGetContent(node)) : NULL;
	char *uuid = text ? g_strstrip(text) : NULL;

	if (!uuid || strlen(uuid) != sizeof domain->uuid - 1)
		return false;
	for (unsigned i = 0; uuid[i]; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? uuid[i] != '-' : !g_ascii_isxdigit(uuid[i]))
			return false;
		domain->uuid[i] = g_ascii_tolower(uuid[i]);
	}
	return true;
}

static bool read_spec(struct domain *domain, xmlNode *node, GError **error)
{
	g_autofree char *name = attribute(node, "name");

	if (!name || !g_str_has_prefix(name, SPEC_PREFIX))
		return true;
	if (domain->specs->len >= 2 * MAX_SPECS)
		return fail(error, "the flavor has too many extra specs");
	g_ptr_array_add(domain->specs, g_strdup(name + strlen(SPEC_PREFIX)));
	g_ptr_array_add(domain->specs, take(xmlNodeGetContent(node)));
	return true;
}

static bool read_flavor(struct domain *domain, xmlNode *flavor, GError **error)
{
	xmlNode *specs = child(flavor, "extraSpecs", true);

	domain->flavor = attribute(flavor, "name");
	for (xmlNode *node = specs ? specs->children : NULL; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE && is_nova(node) &&
				!strcmp((const char *)node->name, "extraSpec") &&
				!read_spec(domain, node, error))
			return false;
	return true;
}

static bool read_tree(struct domain *domain, xmlDoc *document, GError **error)
{
	xmlNode *root = xmlDocGetRootElement(document);
	xmlNode *flavor;

	if (!root || root->ns || strcmp((const char *)root->name, "domain"))
		return fail(error, "this is no domain");
	if (!read_uuid(domain, child(root, "uuid", false))) {
		memset(domain->uuid, 0, sizeof domain->uuid);
		return fail(error, "the domain has no UUID");
	}
	flavor = child(child(child(root, "metadata", false), "instance", true), "flavor", true);
	return !flavor || read_flavor(domain, flavor, error);
}

/* A document type could define entities, which grow as they are read. libvirt writes none. */
static bool has_document_type(const char *xml, size_t size)
{
	return memmem(xml, size, "<!DOCTYPE", 9) || memmem(xml, size, "<!ENTITY", 8);
}

bool domain_parse(struct domain *domain, const char *xml, size_t size, GError **error)
{
	xmlDoc *document;
	bool ok;

	memset(domain, 0, sizeof *domain);
	domain->specs = g_ptr_array_new_with_free_func(g_free);
	if (!xml || size == 0)
		return fail(error, "libvirt gave no XML");
	if (size > DOMAIN_MAX_BYTES)
		return fail(error, "the XML is longer than 1 MiB");
	if (has_document_type(xml, size))
		return fail(error, "the XML has a document type");
	/* the encoding is libvirt's, not what the XML claims */
	document = xmlReadMemory(xml, (int)size, NULL, "UTF-8",
			XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			XML_PARSE_NOCDATA);
	if (!document)
		return fail(error, "the XML is not well-formed");
	ok = read_tree(domain, document, error);
	xmlFreeDoc(document);
	return ok;
}

void domain_finish(struct domain *domain)
{
	g_free(domain->flavor);
	g_clear_pointer(&domain->specs, g_ptr_array_unref);
	domain->flavor = NULL;
}
