#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 OSVDI contributors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes what the lab needs changed in two modules of the distribution's
kernel source: a DRM device that maps what it imports (vgem), and a mediated
display device whose planes are DMA-BUFs (mbochs).

usage: edit.py FOLDER     with vgem/ and vfio-mdev/ in it
"""
import os
import re
import sys

FOLDER = sys.argv[1]


def function(name):
    """Matches a whole static function."""
    return re.compile(r'^static [\w *]*\b' + name + r'\([^;{]*\)\n\{\n.*?^\}\n', re.M | re.S)


def edit(name, *changes):
    """Each pattern must match once; \\g<0> in its replacement is the match."""
    path = os.path.join(FOLDER, name)
    with open(path) as f:
        text = f.read()
    for pattern, replacement in changes:
        if isinstance(pattern, str):
            pattern = re.compile(re.escape(pattern))
        text, n = pattern.subn(lambda m: replacement.replace('\\g<0>', m.group(0)), text)
        if n != 1:
            sys.exit(f'edit.py: {name}: found {n} times, not once: {pattern.pattern}')
    with open(path, 'w') as f:
        f.write(text)


# vgem: software OpenGL (Mesa's kms_swrast) maps buffers by MODE_MAP_DUMB,
# which the kernel refuses for imported ones unless the driver answers itself.
edit('vgem/vgem_drv.c', ('static const struct drm_driver vgem_driver = {\n', '''\
static int lab_map_offset(struct drm_file *file, struct drm_device *dev, u32 handle, u64 *offset)
{
	struct drm_gem_object *object = drm_gem_object_lookup(file, handle);
	int ret = object ? drm_gem_create_mmap_offset(object) : -ENOENT;

	if (ret == 0)
		*offset = drm_vma_node_offset_addr(&object->vma_node);
	if (object)
		drm_gem_object_put(object);
	return ret;
}

\\g<0>	.dumb_map_offset = lab_map_offset,
'''))
with open(FOLDER + '/vgem/Makefile', 'w') as f:
    f.write('labvgem-y := vgem_drv.o vgem_fence.o\nobj-m += labvgem.o\n')

# mbochs. mappable: GVT-g's planes cannot be mapped, and neither can these
# unless asked for. lost: the device is gone without a word. cursor: the byte
# of video memory where a pointer of 64x64 ARGB pixels is; 0 none.
PARAMETERS = '''\
static bool mappable, lost;
static uint cursor, cursor_x, cursor_y, cursor_hot_x, cursor_hot_y;
module_param(mappable, bool, 0644);
module_param(lost, bool, 0644);
module_param(cursor, uint, 0644);
module_param(cursor_x, uint, 0644);
module_param(cursor_y, uint, 0644);
module_param(cursor_hot_x, uint, 0644);
module_param(cursor_hot_y, uint, 0644);
#define LAB_CURSOR_EDGE 64

'''

CURSOR = '''\
static int lab_cursor(struct mdev_state *state, struct mbochs_mode *mode,
		      struct vfio_device_gfx_plane_info *plane)
{
	memset(mode, 0, sizeof(*mode));
	mode->drm_format = DRM_FORMAT_ARGB8888;
	mode->bytepp = 4;
	mode->width = mode->height = LAB_CURSOR_EDGE;
	mode->stride = LAB_CURSOR_EDGE * 4;
	mode->size = LAB_CURSOR_EDGE * LAB_CURSOR_EDGE * 4;
	mode->offset = cursor;
	if (!cursor || mode->offset + mode->size > state->memsize)
		return -EINVAL;
	plane->x_pos = cursor_x;
	plane->y_pos = cursor_y;
	plane->x_hot = cursor_hot_x;
	plane->y_hot = cursor_hot_y;
	return 0;
}

'''

# A plane that is asked for twice gets two DMA-BUFs, each with its own hold on
# the pages, so that they may outlive the device.
OWN_BUFFERS = '''\
static void lab_buffer_free(struct mbochs_dmabuf *buffer)
{
	pgoff_t i;

	for (i = 0; i < buffer->pagecount; i++)
		put_page(buffer->pages[i]);
	kfree(buffer->pages);
	kfree(buffer);
}

static struct mbochs_dmabuf *lab_buffer_copy(const struct mbochs_dmabuf *from)
{
	struct mbochs_dmabuf *copy = kmemdup(from, sizeof(*from), GFP_KERNEL);
	pgoff_t i;

	if (!copy)
		return NULL;
	copy->pages = kmemdup(from->pages, from->pagecount * sizeof(*from->pages), GFP_KERNEL);
	if (!copy->pages) {
		kfree(copy);
		return NULL;
	}
	for (i = 0; i < copy->pagecount; i++)
		get_page(copy->pages[i]);
	return copy;
}

static void mbochs_release_dmabuf(struct dma_buf *buf)
{
	lab_buffer_free(buf->priv);
}
'''

GET_DMABUF = '''\
static int mbochs_get_gfx_dmabuf(struct mdev_state *state, u32 id)
{
	struct mbochs_dmabuf *plane, *copy = NULL;
	int ret = -ENOENT;

	mutex_lock(&state->ops_lock);
	plane = mbochs_dmabuf_find_by_id(state, id);
	if (plane) {
		copy = lab_buffer_copy(plane);
		ret = copy ? mbochs_dmabuf_export(copy) : -ENOMEM;
	}
	mutex_unlock(&state->ops_lock);
	if (ret < 0) {
		if (copy)
			lab_buffer_free(copy);
		return ret;
	}
	ret = dma_buf_fd(copy->buf, O_CLOEXEC);
	if (ret < 0)
		dma_buf_put(copy->buf);
	return ret;
}
'''

# The interrupt by which the kernel asks a user to let the device go, as
# devices on real PCI have it.
REQUEST = '''\
static int lab_set_irqs(struct mdev_state *state, unsigned long arg)
{
	struct eventfd_ctx *event = NULL;
	struct vfio_irq_set set;
	int fd;

	if (copy_from_user(&set, (void __user *)arg, sizeof(set)))
		return -EFAULT;
	if (set.index != VFIO_PCI_REQ_IRQ_INDEX)
		return -EINVAL;
	if (set.flags & VFIO_IRQ_SET_DATA_EVENTFD && set.count == 1) {
		if (copy_from_user(&fd, (void __user *)(arg + sizeof(set)), sizeof(fd)))
			return -EFAULT;
		event = fd < 0 ? NULL : eventfd_ctx_fdget(fd);
		if (IS_ERR(event))
			return PTR_ERR(event);
	}
	mutex_lock(&state->ops_lock);
	swap(event, state->request);
	mutex_unlock(&state->ops_lock);
	if (event)
		eventfd_ctx_put(event);
	return 0;
}

static void lab_request(struct vfio_device *vdev, unsigned int count)
{
	struct mdev_state *state = container_of(vdev, struct mdev_state, vdev);

	mutex_lock(&state->ops_lock);
	if (state->request)
		eventfd_signal(state->request);
	mutex_unlock(&state->ops_lock);
}

'''

edit('vfio-mdev/mbochs.c',
     (re.compile(r'^static int max_mbytes = .*\n', re.M), PARAMETERS + '\\g<0>'),
     ('#include <linux/module.h>\n', '\\g<0>#include <linux/eventfd.h>\n'),
     ('\tu16 vbe[VBE_DISPI_INDEX_COUNT];\n', '\\g<0>\tstruct eventfd_ctx *request;\n'),
     # no word of these after the device is gone
     (re.compile(r'(?<=\tstruct mbochs_dmabuf \*dmabuf = buf->priv;\n)'
                 r'\tstruct device \*dev = [^\n]*\n\n\tdev_dbg[^\n]*\n(?=\n\tif \(\(vma)'), ''),
     (re.compile(r'(?<=\tstruct mbochs_dmabuf \*dmabuf = at->dmabuf->priv;\n)'
                 r'\tstruct device \*dev = [^\n]*\n(\tstruct sg_table \*sg;\n)\n\tdev_dbg[^\n]*\n'),
      '\tstruct sg_table *sg;\n'),
     (re.compile(r'\tstruct mbochs_dmabuf \*dmabuf = at->dmabuf->priv;\n'
                 r'\tstruct device \*dev = [^\n]*\n\n\tdev_dbg[^\n]*\n(?=\n\tdma_unmap)'), ''),
     # as DRM demands of what is mapped by way of it
     ('\tvma->vm_ops = &mbochs_dmabuf_vm_ops;\n',
      '\tvm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);\n\\g<0>'),
     (function('mbochs_release_dmabuf'), OWN_BUFFERS),
     (function('mbochs_get_gfx_dmabuf'), GET_DMABUF + '\n' + REQUEST),
     # whole pages, as GVT-g's: the last one could not be mapped
     ('\texp_info.size = dmabuf->mode.size;\n',
      '\texp_info.size = PAGE_ALIGN(dmabuf->mode.size);\n'),
     ('\texp_info.priv = dmabuf;\n', '\\g<0>\texp_info.flags = mappable ? O_RDWR : 0;\n'),
     (re.compile(r'\t\tif \(dmabuf->buf\) \{\n.*?\n\t\t\} else \{\n.*?\n\t\t\}\n', re.S),
      '\t\tlab_buffer_free(dmabuf);\n'),
     ('static int mbochs_query_gfx_plane(', CURSOR + '\\g<0>'),
     ('\t\tret = mbochs_check_framebuffer(mdev_state, &mode);\n',
      '\\g<0>\tif (plane->drm_plane_type == DRM_PLANE_TYPE_CURSOR)\n'
      '\t\tret = lab_cursor(mdev_state, &mode, plane);\n'),
     ('\tirq_info->count = 0;\n',
      '\tirq_info->count = irq_info->index == VFIO_PCI_REQ_IRQ_INDEX;\n'
      '\tirq_info->flags = irq_info->count ? VFIO_IRQ_INFO_EVENTFD : 0;\n'),
     # its reset works, but it does not say so
     ('\tdev_info->flags = VFIO_DEVICE_FLAGS_PCI;\n',
      '\tdev_info->flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;\n'),
     ('\tcase VFIO_DEVICE_SET_IRQS:\n\t\treturn -EINVAL;\n',
      '\tcase VFIO_DEVICE_SET_IRQS:\n\t\treturn lab_set_irqs(mdev_state, arg);\n'),
     ('\tunsigned long minsz, outsz;\n\n', '\\g<0>\tif (lost)\n\t\treturn -EIO;\n'),
     ('\tint ret = 0;\n\n\tmutex_lock(&mdev_state->ops_lock);\n\n\tif (pos <',
      '\tint ret = 0;\n\n\tif (lost)\n\t\treturn -EIO;\n'
      '\tmutex_lock(&mdev_state->ops_lock);\n\n\tif (pos <'),
     ('\t.ioctl = mbochs_ioctl,\n', '\\g<0>\t.request = lab_request,\n'))
